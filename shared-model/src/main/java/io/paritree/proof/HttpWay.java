package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Scores records by requests to a server. */
record HttpWay(HttpForm form, TriedServer server, ScoringModel model, AskedReasons asked)
    implements Way {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String NOT_READ = "a cell is read as its column's kind";

  @Override
  public String name() {
    return form.word();
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException, InterruptedException {
    List<TriedRecord> all = records.records();
    WayAnswers answers =
        new WayAnswers(
            all.size(),
            model.engine().outputs(),
            model.engine().scores(),
            asked.answered(all.size(), true));
    int most =
        form == HttpForm.HTTP ? all.size() : RefusingWay.batch(records.schema().fields().size());
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
      throws IOException, InterruptedException {
    if (form != HttpForm.HTTP) {
      read(server.post(form, asked, body(texts, fields)), sent, to);
      return;
    }

    List<byte[]> bodies = texts.stream().map(text -> body(List.of(text), fields)).toList();
    List<byte[]> each = server.postEach(form, asked, bodies);
    for (int at = 0; at < sent.size(); at++) {
      read(each.get(at), sent.subList(at, at + 1), to);
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

  private byte[] body(List<String> texts, List<Field> fields) {
    String body =
        switch (form) {
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
    return body.getBytes(StandardCharsets.UTF_8);
  }

  private void read(byte[] answer, List<Integer> sent, WayAnswers to) throws IOException {
    try (JsonParser json = JSON.createParser(answer)) {
      json.nextToken();
      if (form == HttpForm.HTTP) {
        readResult(json, sent.get(0), to);
        return;
      }

      int next = 0;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean areResults = json.currentName().equals("results");
        json.nextToken();
        if (!areResults) {
          json.skipChildren();
          continue;
        }

        while (json.nextToken() == JsonToken.START_OBJECT) {
          if (next == sent.size()) {
            throw new IOException("Cannot try %s: it has too many results".formatted(name()));
          }

          readResult(json, sent.get(next++), to);
        }
      }
    }
  }

  /** Reads the result at the current token, and stops at its last token. */
  private void readResult(JsonParser json, int record, WayAnswers to) throws IOException {
    float[] scores = new float[model.engine().scores()];
    float[] margins = new float[model.engine().outputs()];
    String label = null;
    TreeSet<String> faults = new TreeSet<>();
    String reason = null;
    GivenReasons reasons = null;
    boolean isScored = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "score", "scores" -> {
          isScored = true;
          reason = numbers(json, scores) ? reason : WayAnswers.NOT_FINITE;
        }
        case "margin", "margins" ->
            reason = numbers(json, margins) ? reason : WayAnswers.NOT_FINITE;
        case "label" -> label = json.getText();
        case "reasons" -> reasons = GivenReasons.read(json);
        case "errors" -> faults.addAll(faults(json));
        case "errors_omitted" -> reason = WayAnswers.LEFT_OUT;
        default -> json.skipChildren();
      }
    }

    if (reason != null) {
      to.inexpressible(record, reason);
    } else if (!faults.isEmpty()) {
      to.refused(record, String.join(", ", faults));
    } else if (isScored) {
      to.scored(record, margins, 0, scores, 0);
      if (label != null) {
        to.labelled(record, label);
      }

      if (reasons != null) {
        reasons.giveTo(record, to);
      }
    }
  }

  /** Reads a number, or the members of an object; returns whether all are finite. */
  private static boolean numbers(JsonParser json, float[] to) throws IOException {
    boolean areFinite = true;
    int next = 0;
    boolean isObject = json.currentToken() == JsonToken.START_OBJECT;
    while (!isObject || json.nextToken() == JsonToken.FIELD_NAME) {
      if (isObject) {
        json.nextToken();
      }

      if (json.currentToken() == JsonToken.VALUE_NULL) {
        areFinite = false;
        next++;
      } else {
        to[next++] = Float.parseFloat(json.getText());
      }

      if (!isObject) {
        break;
      }
    }

    return areFinite;
  }

  /** Reads the list of faults at the current token, and stops at its last token. */
  static TreeSet<String> faults(JsonParser json) throws IOException {
    TreeSet<String> faults = new TreeSet<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String field = "";
      String code = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "field" -> field = json.getText();
          case "code" -> code = json.getText();
          default -> json.skipChildren();
        }
      }

      faults.add("%s: %s".formatted(field, code));
    }

    return faults;
  }
}
