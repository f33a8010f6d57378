package io.paritree.proof;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Numbers in the JSON of answers, where null is one that is not finite. */
final class AnsweredNumbers {
  private AnsweredNumbers() {}

  /**
   * Reads the number at the current token, or those of the list or object that begins there, and
   * stops at its last token.
   *
   * @param to receives them from {@code at} on; NaN for null
   * @return whether all are finite
   */
  static boolean read(JsonParser json, float[] to, int at) throws IOException {
    if (!json.currentToken().isStructStart()) {
      return readOne(json, to, at);
    }

    boolean areFinite = true;
    int next = at;
    while (!json.nextToken().isStructEnd()) {
      if (json.currentToken() != JsonToken.FIELD_NAME) {
        areFinite &= readOne(json, to, next++);
      }
    }

    return areFinite;
  }

  private static boolean readOne(JsonParser json, float[] to, int at) throws IOException {
    to[at] = one(json);
    return json.currentToken() != JsonToken.VALUE_NULL;
  }

  /** Returns the number at the current token; NaN for null. */
  static float one(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_NULL
        ? Float.NaN
        : Float.parseFloat(json.getText());
  }
}
