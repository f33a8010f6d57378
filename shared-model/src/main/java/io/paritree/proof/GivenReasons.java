package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/**
 * The reasons of one record as a server writes them, in any protocol.
 *
 * @param areFinite whether all numbers are there
 */
record GivenReasons(List<AnsweredField> fields, float base, float rest, boolean areFinite) {
  private static final JsonFactory JSON = new JsonFactory();

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
    List<AnsweredField> fields = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "base" -> base = AnsweredNumbers.one(json);
        case "rest" -> rest = AnsweredNumbers.one(json);
        case "fields" -> fields = AnsweredField.list(json);
        default -> json.skipChildren();
      }
    }

    boolean areFinite =
        Float.isFinite(base)
            && Float.isFinite(rest)
            && fields.stream().allMatch(reason -> Float.isFinite(reason.contribution()));
    return new GivenReasons(fields, base, rest, areFinite);
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
    fields.forEach(each -> to.add(record, each.field(), each.code(), each.contribution()));
  }
}
