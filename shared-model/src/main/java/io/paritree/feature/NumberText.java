package io.paritree.feature;

import java.nio.charset.StandardCharsets;

/** Numbers as text: JSON's grammar (RFC 8259, section 6) and nothing else. */
public final class NumberText {
  private NumberText() {}

  /** Returns whether the bytes are one JSON number: no blank, no plus sign, no hex, no NaN. */
  public static boolean isNumber(byte[] utf8, int offset, int length) {
    int end = offset + length;
    int at = offset;
    if (at < end && utf8[at] == '-') {
      at++;
    }

    int integer = at;
    at = digits(utf8, at, end);
    if (at == integer || (utf8[integer] == '0' && at > integer + 1)) {
      return false;
    }

    if (at < end && utf8[at] == '.') {
      int fraction = at + 1;
      at = digits(utf8, fraction, end);
      if (at == fraction) {
        return false;
      }
    }

    if (at < end && (utf8[at] | 0x20) == 'e') {
      at++;
      if (at < end && (utf8[at] == '+' || utf8[at] == '-')) {
        at++;
      }

      int exponent = at;
      at = digits(utf8, exponent, end);
      if (at == exponent) {
        return false;
      }
    }

    return at == end;
  }

  private static int digits(byte[] utf8, int from, int end) {
    int at = from;
    while (at < end && utf8[at] >= '0' && utf8[at] <= '9') {
      at++;
    }

    return at;
  }

  /** Returns the nearest {@code double} of text that {@link #isNumber} admits. */
  public static double parse(byte[] utf8, int offset, int length) {
    return Double.parseDouble(new String(utf8, offset, length, StandardCharsets.US_ASCII));
  }
}
