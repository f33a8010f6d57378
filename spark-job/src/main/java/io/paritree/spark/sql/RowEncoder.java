package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Pieces;
import io.paritree.feature.Schema;
import io.paritree.feature.TableFeature;
import io.paritree.spark.score.ColumnEncoder;
import io.paritree.spark.sql.RowColumns.Place;
import io.paritree.spark.task.ColumnKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Encodes single rows as slots; each slot is the result of a {@link Feature} method.
 *
 * <p>Immutable and thread-safe.
 */
final class RowEncoder {
  private static final Fault NO_ROW =
      new Fault(FaultCode.MALFORMED_RECORD, "", "null", "a struct with the model's columns");

  /** One per slot, field by field: the order in which faults are found. */
  private final Source[] sources;

  /** The values that {@link #encodeNumbers} leaves. */
  private final Source[] others;

  /** Each kind by itself. */
  private final Source[] numbers;

  /** The column, its kind and the slot of each of {@link #numbers}. */
  private final int[] ordinals;

  private final ColumnKind[] kinds;
  private final int[] slots;

  private record Source(
      Feature feature, int slot, int ordinal, boolean isCell, ColumnEncoder values) {
    /**
     * Returns whether many values are encoded at once; the conversion of a decimal makes objects.
     */
    private boolean isNumber() {
      return feature instanceof NumberFeature
          && !isCell
          && values.kind().isNumber()
          && values.kind() != ColumnKind.DECIMAL;
    }
  }

  RowEncoder(Schema schema, RowColumns columns) {
    List<Source> all = new ArrayList<>();
    for (int index = 0; index < schema.fields().size(); index++) {
      Field field = schema.fields().get(index);
      Place place = columns.places().get(index);
      ColumnEncoder values = ColumnEncoder.of(place.type());
      for (int at = 0; at < field.features().size(); at++) {
        Feature feature = field.features().get(at);
        all.add(new Source(feature, field.slot(at), place.ordinal(), place.isCell(), values));
      }
    }

    this.sources = all.toArray(Source[]::new);
    this.others = Arrays.stream(sources).filter(any -> !any.isNumber()).toArray(Source[]::new);
    this.numbers =
        Arrays.stream(sources)
            .filter(Source::isNumber)
            .sorted(
                Comparator.comparing((Source any) -> any.values.kind())
                    .thenComparing(Source::ordinal))
            .toArray(Source[]::new);
    this.ordinals = Arrays.stream(numbers).mapToInt(Source::ordinal).toArray();
    this.kinds = Arrays.stream(numbers).map(any -> any.values.kind()).toArray(ColumnKind[]::new);
    this.slots = Arrays.stream(numbers).mapToInt(Source::slot).toArray();
  }

  /**
   * Encodes a row.
   *
   * @param row null if there is none, which is a fault
   * @param slots slot s of the row is {@code slots[s * stride + at]}
   * @param faults receives the faults of the row
   */
  void encode(SpecializedGetters row, float[] slots, int stride, int at, Faults faults) {
    if (row == null) {
      faults.add(NO_ROW);
      return;
    }

    encode(sources, row, slots, stride, at, faults);
  }

  private static void encode(
      Source[] sources, SpecializedGetters row, float[] slots, int stride, int at, Faults faults) {
    Pieces last = null;
    int piece = 0;
    for (Source source : sources) {
      int to = source.slot * stride + at;
      boolean isNull = row.isNullAt(source.ordinal);
      if (isNull || source.isCell || !(source.feature instanceof TableFeature table)) {
        slots[to] = isNull ? source.feature.missing(faults) : slot(row, source, faults);
        continue;
      }

      if (table.pieces() != last) { // others of the column share them
        last = table.pieces();
        piece = source.values.piece(row, source.ordinal, table);
      }

      slots[to] = table.isPlain(piece) ? table.slot(piece) : slot(row, source, faults);
    }
  }

  /** Returns how many of a row's values {@link #encodeNumbers} encodes. */
  int numbers() {
    return numbers.length;
  }

  /**
   * Encodes a row as {@link #encode} does, except for its numbers: these are copied as the nearest
   * floats, and {@link #encodeNumbers} encodes the numbers of many rows.
   *
   * @param row not null
   * @param nans counts the NaNs of each number; a null is one
   */
  void encodeAllButNumbers(
      SpecializedGetters row, float[] to, int stride, int at, int[] nans, Faults faults) {
    copyNumbers(row, to, stride, at, nans);
    if (others.length > 0) {
      encode(others, row, to, stride, at, faults);
    }
  }

  private void copyNumbers(SpecializedGetters row, float[] to, int stride, int at, int[] nans) {
    boolean hasZeros = row instanceof UnsafeRow; // where it has nulls
    for (int index = 0; index < ordinals.length; index++) {
      int ordinal = ordinals[index];
      double number =
          hasZeros || !row.isNullAt(ordinal) ? kinds[index].number(row, ordinal, null) : 0;
      float value = NumberFeature.narrowed(number);
      if (Float.isNaN(value) || number == 0 && row.isNullAt(ordinal)) {
        value = Float.NaN;
        nans[index]++;
      }

      to[slots[index] * stride + at] = value;
    }
  }

  /**
   * Encodes numbers that were copied.
   *
   * @param rows how many rows there are
   * @param nans how many of each number are NaN
   * @param faults receives the faults of all rows; if there are any, rows are to be encoded one by
   *     one, to find out which
   */
  void encodeNumbers(float[] to, int stride, int rows, int[] nans, Faults faults) {
    for (int index = 0; index < numbers.length; index++) {
      NumberFeature feature = (NumberFeature) numbers[index].feature;
      feature.numbers(to, slots[index] * stride, rows, nans[index], faults);
    }
  }

  private static float slot(SpecializedGetters row, Source source, Faults faults) {
    return source.isCell
        ? ColumnEncoder.cell(row.getUTF8String(source.ordinal).getBytes(), source.feature, faults)
        : source.values.slot(row, source.ordinal, source.feature, faults);
  }
}
