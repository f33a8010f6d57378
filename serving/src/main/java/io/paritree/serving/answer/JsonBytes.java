package io.paritree.serving.answer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * JSON text that grows in a byte array, for answers that are written often.
 *
 * <p>The array is reused after {@link #clear}, unless a long text has made it larger than 1 MiB.
 * The caller is responsible for the structure. Not thread-safe.
 */
public final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final int FIRST_BYTES = 512;
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  /** Removes the text, and keeps the array unless it is large. */
  public void clear() {
    length = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
    }
  }

  /** Returns the array that holds the text from index 0; valid until the next change. */
  public byte[] array() {
    return bytes;
  }

  /** Returns the number of bytes of the text. */
  public int length() {
    return length;
  }

  /** Returns a copy of the text in UTF-8. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Appends one ASCII character. */
  public JsonBytes raw(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  public JsonBytes raw(byte[] text) {
    reserve(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  /** Appends ASCII text as it is. */
  public JsonBytes raw(String ascii) {
    int added = ascii.length();
    reserve(added);
    for (int at = 0; at < added; at++) {
      bytes[length + at] = (byte) ascii.charAt(at);
    }

    length += added;
    return this;
  }

  /** Appends a number so that it reads back to the same bits; {@code null} if it is not finite. */
  public JsonBytes number(float value) {
    return raw(Float.isFinite(value) ? Float.toString(value) : "null");
  }

  /**
   * Appends a number so that it reads back to the same bits; a number that is not finite is text,
   * as in all files.
   */
  public JsonBytes real(float value) {
    return Float.isFinite(value) ? number(value) : raw('"').raw(Float.toString(value)).raw('"');
  }

  /** Appends a whole number. */
  public JsonBytes number(long value) {
    return raw(Long.toString(value));
  }

  /** Appends a text in quotes; control characters and unpaired surrogates are escaped. */
  public JsonBytes string(String text) {
    raw('"');
    for (int at = plain(text); at < text.length(); ) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      if (point == '"' || point == '\\') {
        raw('\\').raw((char) point);
      } else if (point < 0x20 || point == 0x7f || Character.getType(point) == Character.SURROGATE) {
        escape(point);
      } else if (point < 0x80) {
        raw((char) point);
      } else {
        raw(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      }
    }

    return raw('"');
  }

  /** Appends the start of a text that needs no escape; returns how many characters that are. */
  private int plain(String text) {
    reserve(text.length());
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (unit < ' ' || unit > '~' || unit == '"' || unit == '\\') {
        return at;
      }

      bytes[length++] = (byte) unit;
    }

    return text.length();
  }

  /** Returns a text in quotes, as bytes. */
  public static byte[] quoted(String text) {
    return new JsonBytes().string(text).toByteArray();
  }

  /** Returns a text in quotes. */
  public static String quotedText(String text) {
    return new String(quoted(text), StandardCharsets.UTF_8);
  }

  /** Appends a list, whose items the caller appends one by one. */
  public JsonBytes list(int count, IntConsumer item) {
    raw('[');
    for (int index = 0; index < count; index++) {
      if (index > 0) {
        raw(',');
      }

      item.accept(index);
    }

    return raw(']');
  }

  private void escape(int unit) {
    raw("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      raw((char) HEX[(unit >> shift) & 0xf]);
    }
  }

  private void reserve(int added) {
    if (bytes.length - length < added) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + added));
    }
  }
}
