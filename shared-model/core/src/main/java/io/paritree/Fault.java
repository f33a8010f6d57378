package io.paritree;

import java.util.Locale;
import java.util.Objects;

/**
 * One thing that is wrong with a row.
 *
 * @param code what kind of fault it is
 * @param field the field or column that it was found in; empty if it concerns the whole record
 * @param got what came, at most 100 characters of it, control characters escaped
 * @param expected what was expected
 * @param hint what to do about it, such as the nearest known name; empty if there is no advice
 */
@PublicApi
public record Fault(FaultCode code, String field, String got, String expected, String hint) {
  private static final int MAX_GOT = 100;

  public Fault {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(got, "got");
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(hint, "hint");
    got = printable(got, MAX_GOT);
  }

  /** A fault without advice. */
  public Fault(FaultCode code, String field, String got, String expected) {
    this(code, field, got, expected, "");
  }

  /** Returns {@link #printable(String, int)} of foreign text, cut after 100 characters. */
  public static String printable(String foreign) {
    return printable(foreign, MAX_GOT);
  }

  /** Returns foreign text of any length in one line, in a form that is safe to print. */
  public static String printableLine(String foreign) {
    return printable(foreign, Integer.MAX_VALUE - 8);
  }

  /**
   * Returns foreign text in a form that is safe to print: control characters and unpaired
   * surrogates escaped, cut after {@code max} characters.
   */
  public static String printable(String foreign, int max) {
    if (foreign.length() <= max && isPrintableAscii(foreign)) {
      return foreign;
    }

    StringBuilder text = new StringBuilder(Math.min(foreign.length(), max) + 3);
    for (int at = 0; at < foreign.length(); ) {
      if (text.length() >= max) {
        return text.append("...").toString();
      }

      int point = foreign.codePointAt(at);
      at += Character.charCount(point);
      int type = Character.getType(point);
      boolean unsafe =
          Character.isISOControl(point)
              || type == Character.SURROGATE
              || type == Character.FORMAT
              || type == Character.LINE_SEPARATOR
              || type == Character.PARAGRAPH_SEPARATOR;
      if (unsafe) {
        text.append(String.format(Locale.ROOT, "\\u%04x", point));
      } else {
        text.appendCodePoint(point);
      }
    }

    return text.toString();
  }

  private static boolean isPrintableAscii(String text) {
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (unit < ' ' || unit > '~') {
        return false;
      }
    }

    return true;
  }

  @Override
  public String toString() {
    return "%s%s: got %s, expected %s%s"
        .formatted(
            field.isEmpty() ? "" : "'" + printable(field, MAX_GOT) + "' ",
            code.code(),
            got,
            expected,
            hint.isEmpty() ? "" : " (" + hint + ")");
  }
}
