package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import io.paritree.proof.ServerRequests.Answer;
import io.paritree.proof.TriedRecord.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Scores records by MLflow's protocol. The answer has scores only. */
record InvocationsWay(TriedServer server, ScoringModel model) implements RefusingWay {
  /** What users call it. */
  static final String NAME = "invocations";

  /** Returns why a server's answers have no scores of a model that it serves first. */
  static Optional<String> problem(ScoringModel model) {
    return model
        .card()
        .modelClass()
        .filter(name -> name.endsWith("Classifier"))
        .map(name -> "of a logged " + name + " it answers classes, not scores");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException {
    int count = records.records().size();
    WayAnswers answers = new WayAnswers(count, 0, model.engine().scores());
    ask(records, IntStream.range(0, count).boxed().toList(), answers);
    return answers;
  }

  @Override
  public Answer ask(List<TriedRecord> records) throws IOException {
    List<Field> fields = model.schema().fields();
    String body =
        records.stream()
            .map(record -> row(record, fields))
            .collect(Collectors.joining(",", "{\"dataframe_records\":[", "]}"));
    return server.post(
        "/invocations",
        "application/json",
        body.getBytes(StandardCharsets.UTF_8),
        OptionalInt.empty());
  }

  /** Returns a row of a data frame, which has all columns: an absent value is null. */
  private static String row(TriedRecord record, List<Field> fields) {
    return IntStream.range(0, fields.size())
        .mapToObj(
            at ->
                TriedRecord.quoted(fields.get(at).column())
                    + ":"
                    + (record.kind(at) == Kind.NONE ? "null" : record.value(at)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Override
  public void read(Answer answer, List<Integer> sent, WayAnswers to) throws IOException {
    List<?> predictions = AnswerTree.list(AnswerTree.of(answer.body()), "predictions");
    for (int at = 0; at < predictions.size(); at++) {
      float[] scores = AnswerTree.numbers(predictions.get(at), model.engine().scores());
      if (AnswerTree.hasNull(scores)) {
        to.inexpressible(sent.get(at), WayAnswers.NOT_FINITE);
      } else {
        to.scored(sent.get(at), new float[0], 0, scores, 0);
      }
    }
  }
}
