package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The numbers of keys and of passed columns in answers.
 *
 * <p>Many readers of JSON, such as web pages, read each number as a double. One that a double does
 * not hold would become another number, and so perhaps the key of another row. So it is text.
 */
final class StoredNumbers {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(53);

  /** Fewer digits are always held by a double. */
  private static final int LONG_DIGITS = 16;

  private static final String COLUMNS = "columns";

  private StoredNumbers() {}

  /** Returns the columns of a key, an object of JSON, as answers have them. */
  static byte[] key(byte[] object, Numbers numbers) {
    return isDone(object, numbers) ? object : rewritten(object, numbers, true);
  }

  /**
   * Returns the members of a stored row as answers have them.
   *
   * @param members each after a comma; not changed
   * @throws RuntimeException if they are no JSON; only those are read that have long numbers
   */
  static byte[] members(byte[] members, Numbers numbers) {
    if (members.length == 0 || isDone(members, numbers)) {
      return members;
    }

    byte[] object = Arrays.copyOf(members, members.length + 1);
    object[0] = '{';
    object[members.length] = '}';
    byte[] rewritten = rewritten(object, numbers, false);
    rewritten[0] = ',';
    return Arrays.copyOf(rewritten, rewritten.length - 1);
  }

  private static boolean isDone(byte[] json, Numbers numbers) {
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

  private static byte[] rewritten(byte[] object, Numbers numbers, boolean isKey) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(object.length + 16);
    try (JsonParser json = FACTORY.createParser(object);
        JsonGenerator to = FACTORY.createGenerator(bytes)) {
      boolean isColumn = isKey;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.getParsingContext().getParent().inRoot()) {
          isColumn = isKey || json.currentName().equals(COLUMNS);
        }

        boolean isText = token.isNumeric() && isText(json.getText(), numbers, isColumn);
        if (isText) {
          to.writeString(json.getText());
        } else if (token.isNumeric()) {
          to.writeNumber(json.getText());
        } else {
          to.copyCurrentEvent(json);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // is no JSON
    }

    return bytes.toByteArray();
  }

  /** Returns whether a number is answered as text. */
  static boolean isText(String number, Numbers numbers, boolean isColumn) {
    if (numbers == Numbers.TEXT && isColumn) {
      return true;
    }

    if (number.chars().allMatch(digit -> digit == '-' || Character.isDigit(digit))) {
      return new BigInteger(number).abs().compareTo(LARGEST) > 0;
    }

    String read = Double.toString(Double.parseDouble(number));
    return new BigDecimal(number).compareTo(new BigDecimal(read)) != 0;
  }
}
