package io.paritree.record;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import java.util.Arrays;

/**
 * A JSON document in which everything that exceeds the parser's limits is cut.
 *
 * <p>The parser cannot continue after a value that is too large, and larger limits would cost
 * memory for each level and each name. A cut value still exceeds the readers' limits, so that it is
 * refused where it is read; everything else has the same bytes at the same place. A number becomes
 * another long number, text and names lose their end (a name gets a hash in its place, so that
 * different names stay different), and an array or object at the greatest depth becomes an empty
 * one.
 */
final class FittedJson {
  /** Levels of arrays and objects that may be read; the next level is empty in the copy. */
  static final int MAX_DEPTH = 8;

  /** Characters of text that the parser reads: more than a value may have. */
  static final int MAX_TEXT = Feature.MAX_TEXT + 64;

  /** Bytes of a name that the parser reads, about. */
  static final int MAX_NAME = 1_024;

  /** Digits of a number that the parser reads: more than a value may have. */
  static final int MAX_NUMBER = 2 * NumberText.MAX_LENGTH;

  private static final int CUT_TEXT = Feature.MAX_TEXT + 32;
  private static final int CUT_NAME = 256;
  private static final int HASH_DIGITS = 16;
  private static final int CUT_NUMBER = NumberText.MAX_LENGTH + 16;

  private final byte[] json;
  private final byte[] fitted;

  private FittedJson(byte[] json) {
    this.json = json;
    this.fitted = json.clone();
  }

  /**
   * Returns a copy of a document with everything cut that is too large. What follows a place at
   * which it is not JSON may be unchanged.
   */
  static byte[] of(byte[] json) {
    FittedJson copy = new FittedJson(json);
    copy.fit();
    return copy.fitted;
  }

  private void fit() {
    int depth = 0;
    for (int at = 0; at >= 0 && at < json.length; ) {
      switch (json[at]) {
        case '"' -> at = fitText(at);
        case '[', '{' -> {
          if (depth < MAX_DEPTH) {
            depth++;
            at++;
          } else {
            at = empty(at);
          }
        }
        case ']', '}' -> {
          depth--;
          at++;
        }
        case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> at = fitNumber(at);
        default -> at++;
      }
    }
  }

  /** Cuts the text that starts at a quote; returns where it ends, or -1 if it does not end. */
  private int fitText(int quote) {
    int end = endOfText(json, quote);
    if (end < 0) {
      return -1;
    }

    boolean name = isName(end);
    int most = name ? CUT_NAME : CUT_TEXT;
    if (end - quote > most && cut(quote + 1, end - 1, most) < end - 1) {
      int cut = cut(quote + 1, end - 1, name ? CUT_NAME - HASH_DIGITS : CUT_TEXT);
      cut = name ? hash(cut, end - 1) : cut;
      fitted[cut] = '"';
      Arrays.fill(fitted, cut + 1, end, (byte) ' ');
    }

    return end;
  }

  /** Returns the index after the closing quote, or -1 if there is none. */
  static int endOfText(byte[] json, int quote) {
    for (int at = quote + 1; at < json.length; at++) {
      if (json[at] == '\\') {
        at++;
      } else if (json[at] == '"') {
        return at + 1;
      }
    }

    return -1;
  }

  private boolean isName(int end) {
    int at = end;
    while (at < json.length && (json[at] == ' ' || isLineBreakOrTab(json[at]))) {
      at++;
    }

    return at < json.length && json[at] == ':';
  }

  private static boolean isLineBreakOrTab(byte unit) {
    return unit == '\n' || unit == '\r' || unit == '\t';
  }

  /**
   * Returns the index of the first character after {@code max} UTF-16 units of text; {@code end} if
   * it has no more.
   */
  private int cut(int from, int end, int max) {
    int units = 0;
    int at = from;
    while (at < end && units < max) {
      int lead = json[at] & 0xff;
      if (lead == '\\') {
        at += at + 1 < end && json[at + 1] == 'u' ? 6 : 2;
      } else {
        at += Math.max(1, Integer.numberOfLeadingZeros(~lead << Byte.SIZE * 3));
      }

      units += lead < 0xf0 ? 1 : 2;
    }

    return Math.min(at, end);
  }

  /** Writes a hash of a name's end in its place; returns where the name now ends. */
  private int hash(int from, int end) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int at = from; at < end; at++) {
      hash = (hash ^ (json[at] & 0xff)) * 0x100000001b3L;
    }

    int at = from;
    for (int digit = 0; digit < HASH_DIGITS; digit++) {
      fitted[at++] = (byte) Character.forDigit((int) (hash >>> 4 * digit) & 0xf, 16);
    }

    return at;
  }

  /** Removes what an array or object contains; returns where it ends, or -1 if it does not. */
  private int empty(int open) {
    int end = endOfContainer(json, open);
    if (end < 0) {
      return -1;
    }

    for (int at = open + 1; at < end - 1; at++) {
      if (!isLineBreakOrTab(json[at])) {
        fitted[at] = ' ';
      }
    }

    return end;
  }

  /** Returns the index after the closing bracket, or -1 if there is none. */
  static int endOfContainer(byte[] json, int open) {
    byte[] closing = new byte[16];
    int depth = 0;
    for (int at = open; at >= 0 && at < json.length; at++) {
      byte unit = json[at];
      if (unit == '"') {
        at = endOfText(json, at) - 1;
        if (at < 0) {
          return -1;
        }
      } else if (unit == '[' || unit == '{') {
        if (depth == closing.length) {
          closing = Arrays.copyOf(closing, 2 * depth);
        }

        closing[depth++] = (byte) (unit == '[' ? ']' : '}');
      } else if (unit == ']' || unit == '}') {
        if (unit != closing[--depth]) {
          return -1;
        }

        if (depth == 0) {
          return at + 1;
        }
      }
    }

    return -1;
  }

  /** Shortens the number that starts here if it is too long; returns where it ends. */
  private int fitNumber(int from) {
    int end = endOfNumber(json, from);
    if (end - from > CUT_NUMBER && NumberText.isNumber(json, from, end - from)) {
      Arrays.fill(fitted, from, from + CUT_NUMBER, (byte) '1');
      Arrays.fill(fitted, from + CUT_NUMBER, end, (byte) ' ');
    }

    return end;
  }

  /** Returns the index after the characters of a number from here on. */
  static int endOfNumber(byte[] json, int from) {
    int end = from;
    while (end < json.length && isPartOfNumber(json[end])) {
      end++;
    }

    return end;
  }

  private static boolean isPartOfNumber(byte unit) {
    return unit >= '0' && unit <= '9'
        || unit == '.'
        || unit == '-'
        || unit == '+'
        || (unit | 0x20) == 'e';
  }
}
