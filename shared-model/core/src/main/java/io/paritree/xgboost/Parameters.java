package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import java.util.regex.Pattern;

/** Reads XGBoost's parameters: numbers that the file stores as text. */
final class Parameters {
  /**
   * A decimal number. Java's parser accepts more: hexadecimal numbers, and a letter after the
   * number. The pattern never backtracks, because a text may be as long as its file.
   */
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?+([0-9]++[.]?+[0-9]*+|[.][0-9]++)([eE][+-]?+[0-9]++)?+");

  private static final Pattern WHOLE = Pattern.compile("[+-]?+[0-9]++");

  private Parameters() {}

  /** Reads a whole number that is stored as text and is at least {@code min}. */
  static int integer(ModelDocument document, String key, int min) throws CorruptModelException {
    String text = document.text();
    try {
      int value = Integer.parseInt(text);
      if (value >= min) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message below covers this case too.
    }

    throw document.corrupt(
        "%s is '%s', expected a whole number of at least %s"
            .formatted(key, Fault.printable(text), min));
  }

  /** Reads base scores: one number, or a list in brackets or parentheses. */
  static float[] floats(ModelDocument document, String key) throws CorruptModelException {
    String text = document.text();
    String list = text.strip();
    if (list.startsWith("[") && list.endsWith("]") || list.startsWith("(") && list.endsWith(")")) {
      list = list.substring(1, list.length() - 1);
    }

    String[] numbers = list.split(",", -1);
    float[] floats = new float[numbers.length];
    for (int at = 0; at < floats.length; at++) {
      floats[at] = number(document, key, numbers[at].strip(), text);
    }

    return floats;
  }

  private static float number(ModelDocument document, String key, String number, String whole)
      throws CorruptModelException {
    if (DECIMAL.matcher(number).matches() && !isTooLongForXgboost(number)) {
      float value = Float.parseFloat(number);
      if (Float.isFinite(value)) {
        return value;
      }
    }

    throw document.corrupt(
        "%s is '%s', expected finite numbers".formatted(key, Fault.printable(whole)));
  }

  /**
   * Returns whether this is a whole number that does not fit 64 bits. XGBoost reads a number
   * without point and exponent as a 64-bit integer, and does not check whether it fits.
   */
  private static boolean isTooLongForXgboost(String number) {
    if (!WHOLE.matcher(number).matches()) {
      return false;
    }

    try {
      Long.parseLong(number);
      return false;
    } catch (NumberFormatException e) {
      return true;
    }
  }
}
