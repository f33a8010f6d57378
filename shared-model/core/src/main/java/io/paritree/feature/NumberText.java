package io.paritree.feature;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Numbers as text: JSON's grammar (RFC 8259, section 6), and no other form. */
public final class NumberText {
  /** The largest number of characters of a number that is a value. */
  public static final int MAX_LENGTH = 64;

  /** The largest number that stays within 2^53 when any digit is appended. */
  private static final long MAX_BEFORE_NEXT_DIGIT = (1L << 53) / 10 - 1;

  /** The powers of ten that a {@code double} holds exactly. */
  private static final double[] EXACT_POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

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

  /** Returns the number that a whole text is; NaN if it is none. */
  public static double parse(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return isNumber(utf8, 0, utf8.length) ? parse(utf8, 0, utf8.length) : Double.NaN;
  }

  /**
   * Returns the shortest text that, read as a double and then rounded, gives a finite float again.
   */
  public static String of(float value) {
    String scientific = Float.toString(value).replace(".0E", "E");
    String plain = new BigDecimal(scientific).stripTrailingZeros().toPlainString();
    return scientific.length() < plain.length() ? scientific : plain;
  }

  private static int digits(byte[] utf8, int from, int end) {
    int at = from;
    while (at < end && utf8[at] >= '0' && utf8[at] <= '9') {
      at++;
    }

    return at;
  }

  /**
   * Returns the nearest {@code double} of text that {@link #isNumber} accepts.
   *
   * <p>Most numbers are plain decimals of few digits. Such a number is the quotient of two numbers
   * that a {@code double} holds exactly, so it is rounded only once (Clinger, How to read floating
   * point numbers accurately, 1990). The JDK parses all others.
   */
  public static double parse(byte[] utf8, int offset, int length) {
    int end = offset + length;
    boolean negative = utf8[offset] == '-';
    long digits = 0;
    int fraction = -1; // digits after the point, -1 before it
    for (int at = negative ? offset + 1 : offset; at < end; at++) {
      int digit = utf8[at] - '0';
      if (utf8[at] == '.') {
        fraction = 0;
      } else if (digit < 0 || digit > 9 || digits > MAX_BEFORE_NEXT_DIGIT) {
        return Double.parseDouble(new String(utf8, offset, length, StandardCharsets.US_ASCII));
      } else {
        digits = digits * 10 + digit;
        fraction += fraction < 0 ? 0 : 1;
      }
    }

    if (fraction >= EXACT_POWERS.length) {
      return Double.parseDouble(new String(utf8, offset, length, StandardCharsets.US_ASCII));
    }

    double value = fraction <= 0 ? digits : digits / EXACT_POWERS[fraction];
    return negative ? -value : value;
  }
}
