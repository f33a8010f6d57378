package io.paritree.record;

import java.util.Arrays;

/**
 * Encodes text as UTF-8, in a buffer that is used again.
 *
 * <p>An unpaired surrogate becomes three bytes that no UTF-8 text contains, so that the text stays
 * ill-formed and differs from every other text. Not thread-safe.
 */
public final class TextBytes {
  private static final int MAX_BYTES_PER_CHAR = 3;

  private byte[] bytes = new byte[256];
  private int length;

  /** Returns the buffer; the text is its first {@link #length} bytes, until the next call. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  void encode(char[] text, int offset, int chars) {
    if (bytes.length < chars * MAX_BYTES_PER_CHAR) {
      bytes = Arrays.copyOf(bytes, chars * MAX_BYTES_PER_CHAR);
    }

    int end = offset + chars;
    int to = 0;
    for (int at = offset; at < end; at++) {
      char unit = text[at];
      if (unit < 0x80) {
        bytes[to++] = (byte) unit;
      } else if (unit < 0x800) {
        bytes[to++] = (byte) (0xc0 | unit >> 6);
        bytes[to++] = (byte) (0x80 | unit & 0x3f);
      } else if (Character.isHighSurrogate(unit)
          && at + 1 < end
          && Character.isLowSurrogate(text[at + 1])) {
        int point = Character.toCodePoint(unit, text[++at]);
        bytes[to++] = (byte) (0xf0 | point >> 18);
        bytes[to++] = (byte) (0x80 | point >> 12 & 0x3f);
        bytes[to++] = (byte) (0x80 | point >> 6 & 0x3f);
        bytes[to++] = (byte) (0x80 | point & 0x3f);
      } else {
        bytes[to++] = (byte) (0xe0 | unit >> 12);
        bytes[to++] = (byte) (0x80 | unit >> 6 & 0x3f);
        bytes[to++] = (byte) (0x80 | unit & 0x3f);
      }
    }

    length = to;
  }
}
