package io.paritree.record;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes values without a type: a cell of a CSV file, or the value of a partition directory.
 *
 * <p>An empty cell is a missing value. Otherwise the feature decides how it is read: a text
 * category and a timestamp read text; a boolean reads {@code true}, {@code false} or a number; the
 * others read numbers, by JSON's grammar. A cell that is none of these is text, which such a
 * feature allows only as a sentinel.
 */
public final class CsvCells {
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private CsvCells() {}

  /**
   * Encodes a cell for a field.
   *
   * @param utf8 holds the cell, without quotes; empty for null
   * @param row receives a slot at {@code at + slot} for each feature of the field
   */
  public static void encode(
      Field field, byte[] utf8, int offset, int length, float[] row, int at, Faults faults) {
    if (field.features().size() > 1 && field.readsOneKind()) {
      encodeAll(field, utf8, offset, length, row, at, faults);
      return;
    }

    for (int index = 0; index < field.features().size(); index++) {
      row[at + field.slot(index)] =
          encode(field.features().get(index), utf8, offset, length, faults);
    }
  }

  /** Encodes a cell that all features of a field read alike, so that it is read once. */
  private static void encodeAll(
      Field field, byte[] utf8, int offset, int length, float[] row, int at, Faults faults) {
    Feature.Values values = field.typed().values();
    if (length == 0) {
      field.missing(row, at, faults);
    } else if (values == Feature.Values.TRUTH && is(TRUE, utf8, offset, length)) {
      field.truth(true, row, at, faults);
    } else if (values == Feature.Values.TRUTH && is(FALSE, utf8, offset, length)) {
      field.truth(false, row, at, faults);
    } else if (!isNumber(values, utf8, offset, length)) {
      field.text(utf8, offset, length, row, at, faults);
    } else if (length > NumberText.MAX_LENGTH) {
      field.longNumber(row, at, faults);
    } else {
      field.number(NumberText.parse(utf8, offset, length), row, at, faults);
    }
  }

  /** Returns whether a cell is a number for features that read such values. */
  private static boolean isNumber(Feature.Values values, byte[] utf8, int offset, int length) {
    boolean isLongText = values == Feature.Values.ANY && length > NumberText.MAX_LENGTH;
    return !values.isText() && !isLongText && NumberText.isNumber(utf8, offset, length);
  }

  /**
   * Returns the slot of a cell; see {@link #encode(Field, byte[], int, int, float[], int, Faults)}.
   */
  public static float encode(Feature feature, byte[] utf8, int offset, int length, Faults faults) {
    if (length == 0) {
      return feature.missing(faults);
    }

    boolean isBoolean = feature.values() == Feature.Values.TRUTH;
    if (isBoolean && is(TRUE, utf8, offset, length)) {
      return feature.truth(true, faults);
    }

    if (isBoolean && is(FALSE, utf8, offset, length)) {
      return feature.truth(false, faults);
    }

    if (!isNumber(feature.values(), utf8, offset, length)) {
      return feature.text(utf8, offset, length, faults);
    }

    return length > NumberText.MAX_LENGTH
        ? feature.longNumber(faults)
        : feature.number(NumberText.parse(utf8, offset, length), faults);
  }

  private static boolean is(byte[] word, byte[] utf8, int offset, int length) {
    return Arrays.equals(word, 0, word.length, utf8, offset, offset + length);
  }
}
