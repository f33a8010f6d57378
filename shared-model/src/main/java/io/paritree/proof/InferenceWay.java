package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.Field;
import io.paritree.model.ScoringModel;
import io.paritree.proof.TriedServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Scores records by the Open Inference Protocol, as tensors in JSON, one for each field. A request
 * with a record that cannot be scored is refused as a whole, and sent again in halves.
 */
record InferenceWay(TriedServer server, ScoringModel model) implements Way {
  static final String NAME = "v2";

  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_IN_BATCH = 500;
  private static final String ENDPOINT = "/infer";
  private static final String NOT_FINITE = "an answer has no number that is not finite";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public WayAnswers score(TriedBlock records) throws IOException, InterruptedException {
    List<TriedRecord> all = records.records();
    List<Field> fields = records.schema().fields();
    WayAnswers answers =
        new WayAnswers(all.size(), model.engine().outputs(), model.engine().scores());
    List<Integer> possible = new ArrayList<>();
    for (int record = 0; record < all.size(); record++) {
      TriedRecord tried = all.get(record);
      if (IntStream.range(0, fields.size()).allMatch(at -> tried.isOfColumn(at, fields.get(at)))) {
        possible.add(record);
      } else {
        answers.inexpressible(record, TriedRecord.OTHER_KIND);
      }
    }

    for (int from = 0; from < possible.size(); from += MOST_IN_BATCH) {
      int to = Math.min(possible.size(), from + MOST_IN_BATCH);
      send(all, possible.subList(from, to), fields, answers);
    }

    return answers;
  }

  private void send(
      List<TriedRecord> all, List<Integer> sent, List<Field> fields, WayAnswers answers)
      throws IOException, InterruptedException {
    byte[] body = body(all, sent, fields).getBytes(StandardCharsets.UTF_8);
    Answer answer = server.post("/v2", ENDPOINT, "application/json", body);
    if (answer.status() == TriedServer.REFUSED && sent.size() > 1) {
      int half = sent.size() / 2;
      send(all, sent.subList(0, half), fields, answers);
      send(all, sent.subList(half, sent.size()), fields, answers);
    } else if (answer.status() == TriedServer.REFUSED) {
      answers.refused(sent.get(0), String.join(", ", refusal(answer.body())));
    } else {
      read(answer.body(), sent, answers);
    }
  }

  private static String body(List<TriedRecord> all, List<Integer> sent, List<Field> fields) {
    StringBuilder json = new StringBuilder("{\"inputs\":[");
    for (int field = 0; field < fields.size(); field++) {
      String datatype =
          switch (TriedRecord.columnKind(fields.get(field))) {
            case TEXT -> "BYTES";
            case TRUTH -> "BOOL";
            default -> "FP64";
          };
      json.append(field == 0 ? "" : ",")
          .append("{\"name\":")
          .append(TriedRecord.quoted(fields.get(field).column()))
          .append(",\"datatype\":\"")
          .append(datatype)
          .append("\",\"shape\":[")
          .append(sent.size())
          .append("],\"data\":[");
      for (int at = 0; at < sent.size(); at++) {
        TriedRecord record = all.get(sent.get(at));
        boolean isNone = record.kind(field) == TriedRecord.Kind.NONE;
        json.append(at == 0 ? "" : ",").append(isNone ? "null" : record.value(field));
      }

      json.append("]}");
    }

    return json.append("]}").toString();
  }

  private static TreeSet<String> refusal(byte[] answer) throws IOException {
    try (JsonParser json = JSON.createParser(answer)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean areErrors = json.currentName().equals("errors");
        json.nextToken();
        if (areErrors) {
          return HttpWay.faults(json);
        }

        json.skipChildren();
      }
    }

    return new TreeSet<>();
  }

  private void read(byte[] answer, List<Integer> sent, WayAnswers to) throws IOException {
    float[] scores = new float[sent.size() * model.engine().scores()];
    float[] margins = new float[sent.size() * model.engine().outputs()];
    boolean[] areNotFinite = new boolean[sent.size()];
    List<String> labels = new ArrayList<>();
    boolean isScored = false;
    try (JsonParser json = JSON.createParser(answer)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean areOutputs = json.currentName().equals("outputs");
        json.nextToken();
        if (!areOutputs) {
          json.skipChildren();
          continue;
        }

        while (json.nextToken() == JsonToken.START_OBJECT) {
          String name = "";
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            json.nextToken();
            if (member.equals("name")) {
              name = json.getText();
            } else if (member.equals("data") && name.equals("label")) {
              texts(json, labels);
            } else if (member.equals("data")) {
              isScored |= name.equals("score");
              numbers(json, name.equals("score") ? scores : margins, areNotFinite);
            } else {
              json.skipChildren();
            }
          }
        }
      }
    }

    for (int at = 0; at < sent.size() && isScored; at++) {
      if (areNotFinite[at]) {
        to.inexpressible(sent.get(at), NOT_FINITE);
        continue;
      }

      to.scored(
          sent.get(at),
          margins,
          at * model.engine().outputs(),
          scores,
          at * model.engine().scores());
      if (at < labels.size()) {
        to.labelled(sent.get(at), labels.get(at));
      }
    }
  }

  private static void texts(JsonParser json, List<String> to) throws IOException {
    while (json.nextToken() != JsonToken.END_ARRAY) {
      to.add(json.getText());
    }
  }

  private static void numbers(JsonParser json, float[] to, boolean[] areNotFinite)
      throws IOException {
    int perRow = to.length / areNotFinite.length;
    for (int at = 0; json.nextToken() != JsonToken.END_ARRAY; at++) {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        areNotFinite[at / perRow] = true;
      } else {
        to[at] = Float.parseFloat(json.getText());
      }
    }
  }
}
