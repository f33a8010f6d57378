package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.model.RecordedModels;
import io.paritree.model.layout.ModelName;
import io.paritree.output.ScoreColumns;
import io.paritree.prediction.PredictionColumns;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.util.regex.Pattern;

/**
 * What a line says whatever its model: which that is, and which row.
 *
 * @param requestId empty if the request had none
 * @param isRefused whether it is of a row that was refused
 */
record LineOutline(RecordedModels.Recorded model, String requestId, String row, boolean isRefused) {
  private static final Pattern UNSEALED = Pattern.compile("unsealed:[0-9a-f]{12}");
  private static final Pattern DIGEST = Pattern.compile("([0-9a-f]{64})?");

  /**
   * Reads a line.
   *
   * @throws MalformedJsonException if it is no line of a prediction log
   */
  static LineOutline of(JsonDocument line) throws MalformedJsonException {
    if (line.next() != JsonToken.START_OBJECT) {
      throw line.malformed("a JSON object is expected");
    }

    String version = "";
    String digest = "";
    String requestId = "";
    String row = "";
    boolean isRefused = false;
    for (String member = line.member(); member != null; member = line.member()) {
      switch (member) {
        case ScoreColumns.MODEL_VERSION -> version = text(line);
        case PredictionColumns.MODEL_DIGEST -> digest = text(line);
        case PredictionColumns.REQUEST_ID -> requestId = text(line);
        case PredictionColumns.ROW -> row = text(line);
        case PredictionColumns.FAULTS -> {
          isRefused = true;
          line.skip();
        }
        default -> line.skip();
      }
    }

    line.end();
    if (!isVersion(version)) {
      throw line.malformed("it names no version of a model");
    } else if (!DIGEST.matcher(digest).matches()) {
      throw line.malformed("its " + PredictionColumns.MODEL_DIGEST + " is no SHA-256");
    }

    return new LineOutline(new RecordedModels.Recorded(version, digest), requestId, row, isRefused);
  }

  private static String text(JsonDocument line) throws MalformedJsonException {
    if (!line.token().isScalarValue()) {
      throw line.malformed("a value is expected");
    }

    return line.token() == JsonToken.VALUE_NULL ? "" : line.text();
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
