package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The reasons of one record as a server writes them, in any protocol.
 *
 * @param areFinite whether all numbers are there
 */
record GivenReasons(List<Reason> fields, float base, float rest, boolean areFinite) {
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * A reason.
   *
   * @param code null without one
   */
  record Reason(String field, String code, float contribution) {}

  /** Reads a text that is an object. */
  static GivenReasons of(String json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      return read(parser);
    }
  }

  /** Reads the object at the current token, and stops at its last token. */
  static GivenReasons read(JsonParser json) throws IOException {
    float base = Float.NaN;
    float rest = Float.NaN;
    List<Reason> fields = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "base" -> base = AnsweredNumbers.one(json);
        case "rest" -> rest = AnsweredNumbers.one(json);
        case "fields" -> {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            fields.add(reason(json));
          }
        }
        default -> json.skipChildren();
      }
    }

    boolean areFinite =
        Float.isFinite(base)
            && Float.isFinite(rest)
            && fields.stream().allMatch(reason -> Float.isFinite(reason.contribution));
    return new GivenReasons(fields, base, rest, areFinite);
  }

  private static Reason reason(JsonParser json) throws IOException {
    String field = "";
    String code = null;
    float contribution = Float.NaN;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "field" -> field = json.getText();
        case "code" -> code = json.getText();
        case "contribution" -> contribution = AnsweredNumbers.one(json);
        default -> json.skipChildren();
      }
    }

    return new Reason(field, code, contribution);
  }

  /** Passes on what was read of a record that was scored. */
  void giveTo(int record, WayAnswers answers) {
    if (!areFinite) {
      answers.inexpressible(record, WayAnswers.NOT_FINITE);
      return;
    }

    AnsweredReasons to = answers.reasons();
    to.begin(record);
    to.sums(record, base, rest);
    fields.forEach(each -> to.add(record, each.field, each.code, each.contribution));
  }
}
