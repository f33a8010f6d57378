package io.paritree.record;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import io.paritree.feature.NumberText;
import java.nio.charset.StandardCharsets;

/**
 * The elements of a list in a document that a {@link JsonDocument} has read to its end: what has
 * been checked is not checked again, and nothing of the list is held in memory.
 *
 * <p>The tokens and their values are the document's, but an object is one token. Not thread-safe.
 */
public final class JsonList {
  /** Characters of a number that {@link NumberText} reads faster than Jackson does. */
  private static final int SHORT_NUMBER = 15;

  private final byte[] json;
  private final TextBytes text = new TextBytes();
  private JsonToken token;
  private int next;
  private byte[] value;
  private int offset;
  private int length;
  private double number;

  /**
   * @param json the document; must not change while the list is read
   * @param at the list's {@link JsonDocument#at}
   */
  public JsonList(byte[] json, int at) {
    this.json = json;
    this.next = at + 1;
  }

  /** Goes to the next token and returns it; not to be called after the list's end. */
  public JsonToken next() throws MalformedJsonException {
    while (json[next] == ',' || json[next] <= ' ') {
      next++;
    }

    value = json;
    offset = next;
    switch (json[offset]) {
      case '[' -> become(JsonToken.START_ARRAY, offset + 1);
      case ']' -> become(JsonToken.END_ARRAY, offset + 1);
      case '{' -> become(JsonToken.START_OBJECT, FittedJson.endOfContainer(json, offset));
      case '"' -> {
        become(JsonToken.VALUE_STRING, FittedJson.endOfText(json, offset));
        readText();
      }
      case 'n' -> become(JsonToken.VALUE_NULL, offset + 4);
      case 't' -> become(JsonToken.VALUE_TRUE, offset + 4);
      case 'f' -> become(JsonToken.VALUE_FALSE, offset + 5);
      default -> {
        become(JsonToken.VALUE_NUMBER_FLOAT, FittedJson.endOfNumber(json, offset));
        readNumber();
      }
    }

    return token;
  }

  private void become(JsonToken found, int end) {
    token = found;
    length = end - offset;
    next = end;
  }

  /** Takes the text out of its quotes, and replaces escapes. */
  private void readText() throws MalformedJsonException {
    for (int at = offset; at < next; at++) {
      if (json[at] == '\\') {
        try (JsonDocument escaped = JsonDocument.of(json, offset, length)) {
          escaped.next();
          escaped.text(text);
        }

        value = text.bytes();
        offset = 0;
        length = text.length();
        return;
      }
    }

    offset++;
    length -= 2;
  }

  private void readNumber() {
    if (length <= SHORT_NUMBER) {
      number = NumberText.parse(json, offset, length);
    } else if (!isLongNumber()) {
      String digits = new String(json, offset, length, StandardCharsets.US_ASCII);
      number = NumberInput.parseDouble(digits, true);
    }

    if (length == 2 && number == 0) {
      number = 0; // "-0" is a whole number, and has no sign
    }
  }

  /** Returns the current token; null before the first. */
  public JsonToken token() {
    return token;
  }

  /**
   * Returns the array that holds the current token's value, a text or the characters in the
   * document, from {@link #offset} on in {@link #length} bytes of UTF-8, until the next token. Text
   * may hold unpaired surrogates.
   */
  public byte[] bytes() {
    return value;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** Returns whether the current token, a number, has too many characters to be read. */
  public boolean isLongNumber() {
    return length > NumberText.MAX_LENGTH;
  }

  /** Returns what {@link JsonDocument#number} returns. */
  public double number() {
    return number;
  }
}
