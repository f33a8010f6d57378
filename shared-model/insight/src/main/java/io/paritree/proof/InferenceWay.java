package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import io.paritree.proof.ServerRequests.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scores records by the Open Inference Protocol, as tensors, one for each field. */
record InferenceWay(TensorForm form, TriedServer server, ScoringModel model)
    implements RefusingWay {
  @Override
  public String name() {
    return form.word();
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException {
    List<Field> fields = records.schema().fields();
    int count = records.records().size();
    WayAnswers answers = new WayAnswers(count, model.engine().outputs(), model.engine().scores());
    List<Integer> whole = new ArrayList<>();
    List<Integer> others = new ArrayList<>(); // sent apart, or few requests would be whole
    for (int record = 0; record < count; record++) {
      TriedRecord tried = records.records().get(record);
      Optional<String> problem = TensorForm.problem(tried, fields);
      if (problem.isPresent()) {
        answers.inexpressible(record, problem.get());
      } else {
        (form.isWhole(tried, fields) ? whole : others).add(record);
      }
    }

    ask(records, whole, answers);
    ask(records, others, answers);
    return answers;
  }

  @Override
  public Answer ask(List<TriedRecord> records) throws IOException {
    TensorForm.Body body = form.body(records, model.schema().fields());
    return server.post(server.model("/v2") + "/infer", form.type(), body.bytes(), body.json());
  }

  @Override
  public void read(Answer answer, List<Integer> sent, WayAnswers to) throws IOException {
    TensorAnswer.of(answer, sent.size(), model.engine().outputs(), model.engine().scores())
        .giveTo(sent, to);
  }
}
