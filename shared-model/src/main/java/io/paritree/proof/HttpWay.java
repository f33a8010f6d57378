package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Scores records by requests to a server. */
record HttpWay(HttpForm form, TriedServer server, ScoringModel model, AskedReasons asked)
    implements Way {
  private static final String NOT_READ = "a cell is read as its column's kind";

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
      Optional<String> text = text(all.get(record), records.schema().fields());
      if (text.isPresent()) {
        sent.add(record);
        texts.add(text.get());
      } else {
        answers.inexpressible(record, NOT_READ);
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

  /** Returns a record in the form; empty if it cannot be in it. */
  private Optional<String> text(TriedRecord record, List<Field> fields) {
    if (form != HttpForm.HTTP_CSV) {
      return Optional.of(record.json(fields));
    }

    List<String> cells = new ArrayList<>();
    for (int field = 0; field < fields.size(); field++) {
      Optional<String> cell = record.cell(field, fields.get(field));
      if (cell.isEmpty()) {
        return Optional.empty();
      }

      cells.add(cell.get().isEmpty() ? "" : TriedRecord.quotedCell(cell.get()));
    }

    return Optional.of(String.join(",", cells));
  }

  private String body(List<String> texts, List<Field> fields) {
    return switch (form) {
      case HTTP -> texts.get(0);
      case HTTP_BATCH -> "[" + String.join(",", texts) + "]";
      case HTTP_LINES -> String.join("\n", texts);
      case HTTP_CSV ->
          fields.stream()
                  .map(field -> TriedRecord.quotedCell(field.column()))
                  .collect(Collectors.joining(","))
              + "\n"
              + String.join("\n", texts)
              + "\n";
    };
  }
}
