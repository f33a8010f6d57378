package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Scores records by requests to a server. */
record HttpWay(HttpForm form, TriedServer server, ScoringModel model, AskedReasons asked)
    implements Way {
  @Override
  public String name() {
    return form.word();
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException {
    List<TriedRecord> all = records.records();
    WayAnswers answers =
        new WayAnswers(
            all.size(),
            model.engine().outputs(),
            model.engine().scores(),
            asked.answered(all.size(), true));
    int most = form == HttpForm.HTTP ? 1 : RefusingWay.batch(records.schema().fields().size());
    List<Integer> sent = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int record = 0; record < all.size(); record++) {
      try {
        TriedRecord own = all.get(record);
        List<Field> fields = records.schema().fields();
        texts.add(form == HttpForm.HTTP_CSV ? own.csv(fields) : own.json(fields));
        sent.add(record);
      } catch (InexpressibleException e) {
        answers.inexpressible(record, e.getMessage());
      }

      if (!sent.isEmpty() && (sent.size() == most || record == all.size() - 1)) {
        send(texts, records.schema().fields(), sent, answers);
        sent.clear();
        texts.clear();
      }
    }

    return answers;
  }

  private void send(List<String> texts, List<Field> fields, List<Integer> sent, WayAnswers to)
      throws IOException {
    ResultReader results =
        new ResultReader(model.engine().outputs(), model.engine().scores(), List.of());
    byte[] body = body(texts, fields).getBytes(StandardCharsets.UTF_8);
    String at = server.model("/v1") + "/" + form.endpoint() + "?margin=true" + asked.query();
    if (form == HttpForm.HTTP) {
      results.readOne(
          server.post(at, form.type(), body, OptionalInt.empty()).body(), sent.get(0), to);
    } else {
      results.readAll(server.results(at, form.type(), body), sent, to);
    }
  }

  private String body(List<String> texts, List<Field> fields) {
    return switch (form) {
      case HTTP -> texts.get(0);
      case HTTP_BATCH -> "[" + String.join(",", texts) + "]";
      case HTTP_LINES -> String.join("\n", texts);
      case HTTP_CSV -> TriedRecord.csvHeader(fields) + "\n" + String.join("\n", texts) + "\n";
    };
  }
}
