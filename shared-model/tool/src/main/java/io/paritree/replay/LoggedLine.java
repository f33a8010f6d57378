package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.model.RecordedModels;
import io.paritree.model.layout.ModelName;
import io.paritree.output.PredictionColumns;
import io.paritree.output.ScoreColumns;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A line of a log file.
 *
 * @param path its file
 * @param number its number there, from 1
 * @param bytes of the line, without its line feed
 */
record LoggedLine(Path path, long number, byte[] bytes) {
  private static final Pattern UNSEALED = Pattern.compile("unsealed:[0-9a-f]{12}");
  private static final Pattern DIGEST = Pattern.compile("([0-9a-f]{64})?");
  private static final Value NONE = new Value(JsonToken.VALUE_NULL, "");

  /**
   * A value of the line.
   *
   * @param token its kind
   * @param text of a number, a text or a truth, as it is written
   */
  record Value(JsonToken token, String text) {
    boolean isScalar() {
      return token.isScalarValue();
    }
  }

  /**
   * What the line says.
   *
   * @param model that has scored or refused the row
   * @param values of all members by their names
   */
  record Members(RecordedModels.Recorded model, Map<String, Value> values) {

    /** Returns whether the line is of a row that was refused. */
    boolean isRefused() {
      return values.containsKey(PredictionColumns.FAULTS);
    }

    /** Returns the text of a member; empty if it is not there or null. */
    String text(String name) {
      return values.getOrDefault(name, NONE).text;
    }

    /** Returns the name of the member that has the record; empty if there is none. */
    String record() {
      return Stream.of(PredictionColumns.RECORD, PredictionColumns.CELLS)
          .filter(name -> values.getOrDefault(name, NONE).token == JsonToken.START_OBJECT)
          .findFirst()
          .orElse("");
    }
  }

  /** Returns whether it has only blanks. */
  boolean isBlank() {
    for (byte each : bytes) {
      if (each > ' ' || each < 0) {
        return false;
      }
    }

    return true;
  }

  /** Returns where it is, for people. */
  String place() {
    return "%s line %s".formatted(Fault.printableLine(path.toString()), number);
  }

  /** Returns the line as a document, whose first token is the next one. */
  JsonDocument document() throws MalformedJsonException {
    return JsonDocument.of(bytes, 0, bytes.length);
  }

  /**
   * Reads it.
   *
   * @throws MalformedJsonException if it is no line of a prediction log
   */
  Members members() throws MalformedJsonException {
    try (JsonDocument line = document()) {
      if (line.next() != JsonToken.START_OBJECT) {
        throw line.malformed("a JSON object is expected");
      }

      Map<String, Value> values = new HashMap<>();
      for (String member = line.member(); member != null; member = line.member()) {
        if (values.put(member, value(line, member)) != null) {
          throw line.malformed("it has %s twice".formatted(member));
        }

        line.skip();
      }

      line.end();
      String version = values.getOrDefault(ScoreColumns.MODEL_VERSION, NONE).text;
      String digest = values.getOrDefault(PredictionColumns.MODEL_DIGEST, NONE).text;
      if (!isVersion(version)) {
        throw line.malformed("it names no version of a model");
      } else if (!DIGEST.matcher(digest).matches()) {
        throw line.malformed("its " + PredictionColumns.MODEL_DIGEST + " is no SHA-256");
      }

      return new Members(new RecordedModels.Recorded(version, digest), values);
    }
  }

  private static Value value(JsonDocument line, String member) throws MalformedJsonException {
    boolean isNull = line.token() == JsonToken.VALUE_NULL;
    boolean isRecord =
        member.equals(PredictionColumns.RECORD) || member.equals(PredictionColumns.CELLS);
    if (isRecord && !isNull && line.token() != JsonToken.START_OBJECT) {
      throw line.malformed("a record is expected");
    }

    boolean hasText = line.token().isScalarValue() && !isNull;
    return new Value(line.token(), hasText ? line.text() : "");
  }

  /** Also keeps a path that a line names within its store. */
  private static boolean isVersion(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? UNSEALED.matcher(text).matches()
        : ModelName.isName(text.substring(0, slash))
            && ModelName.isVersion(text.substring(slash + 1));
  }
}
