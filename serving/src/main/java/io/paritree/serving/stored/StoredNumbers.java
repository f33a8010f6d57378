package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.JsonText;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The numbers of keys and of passed columns in answers.
 *
 * <p>Many readers of JSON, such as web pages, read each number as a double. One that a double does
 * not hold would become another number, and so perhaps the key of another row. So it is text.
 */
final class StoredNumbers {
  static final JsonFactory FACTORY = new JsonFactory();
  private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(53);

  /** Fewer digits are always held by a double. */
  private static final int LONG_DIGITS = 16;

  private StoredNumbers() {}

  /** Returns the columns of a key, an object of JSON, as answers have them. */
  static byte[] key(byte[] object, Numbers numbers) {
    if (isDone(object, numbers)) {
      return object;
    }

    return JsonText.compact(
        to -> {
          try (JsonParser json = FACTORY.createParser(object)) {
            json.nextToken();
            copy(json, numbers, true, to);
          }
        });
  }

  /** Returns whether no number of a text is answered in another way. */
  static boolean isDone(byte[] json, Numbers numbers) {
    int digits = 0;
    for (byte one : json) {
      boolean isDigit = one >= '0' && one <= '9' || one == '.' && digits > 0;
      digits = isDigit ? digits + 1 : 0;
      if (digits >= LONG_DIGITS) {
        return false;
      }
    }

    return numbers == Numbers.MIXED;
  }

  /**
   * Copies a value with its numbers as answers have them.
   *
   * @param isColumn whether it belongs to a column of the key or of the input
   */
  static void copy(JsonParser json, Numbers numbers, boolean isColumn, JsonGenerator to)
      throws IOException {
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token.isNumeric()) {
        write(json.getText(), numbers, isColumn, to);
      } else {
        to.copyCurrentEvent(json);
      }

      depth += token.isStructStart() ? 1 : 0;
      depth -= token.isStructEnd() ? 1 : 0;
    } while (depth > 0 && json.nextToken() != null);
  }

  /** Writes a number, or {@code null}. */
  static void write(String number, Numbers numbers, boolean isColumn, JsonGenerator to)
      throws IOException {
    if (isText(number, numbers, isColumn)) {
      to.writeString(number);
    } else {
      to.writeNumber(number);
    }
  }

  private static boolean isText(String number, Numbers numbers, boolean isColumn) {
    if (numbers == Numbers.TEXT && isColumn) {
      return true;
    } else if (number.length() < LONG_DIGITS) {
      return false;
    }

    if (number.chars().allMatch(digit -> digit == '-' || Character.isDigit(digit))) {
      return new BigInteger(number).abs().compareTo(LARGEST) > 0;
    }

    String read = Double.toString(Double.parseDouble(number));
    return new BigDecimal(number).compareTo(new BigDecimal(read)) != 0;
  }
}
