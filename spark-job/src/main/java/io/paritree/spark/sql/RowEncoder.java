package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.spark.rows.ColumnEncoder;
import io.paritree.spark.sql.RowColumns.Part;
import io.paritree.spark.sql.RowColumns.Place;
import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.versions.rows.FloatPair;
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

  /** The values that {@link #encodeFloats} leaves. */
  private final Source[] others;

  /** Floats in pairs come first, the second of a pair after its first. */
  private final Source[] floats;

  /** How many of {@link #floats} are in pairs. */
  private final int paired;

  /** The column and the slot of each of {@link #floats}. */
  private final int[] floatOrdinals;

  private final int[] floatSlots;

  private record Source(Feature feature, int slot, int ordinal, Part part, ColumnEncoder values) {
    private boolean isFloat() {
      return values.kind() == ColumnKind.FLOAT && feature instanceof NumberFeature;
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
        all.add(new Source(feature, field.slot(at), place.ordinal(), place.part(), values));
      }
    }

    this.sources = all.toArray(Source[]::new);
    this.others = Arrays.stream(sources).filter(any -> !any.isFloat()).toArray(Source[]::new);
    this.floats =
        Arrays.stream(sources)
            .filter(Source::isFloat)
            .sorted(
                Comparator.comparing((Source any) -> any.part == Part.WHOLE)
                    .thenComparing(Source::ordinal)
                    .thenComparing(Source::part))
            .toArray(Source[]::new);
    this.paired = (int) Arrays.stream(floats).filter(any -> any.part != Part.WHOLE).count();
    this.floatOrdinals = Arrays.stream(floats).mapToInt(Source::ordinal).toArray();
    this.floatSlots = Arrays.stream(floats).mapToInt(Source::slot).toArray();
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
    for (Source source : sources) {
      slots[source.slot * stride + at] =
          row.isNullAt(source.ordinal) ? source.feature.missing(faults) : slot(row, source, faults);
    }
  }

  /** Returns how many of a row's values {@link #encodeFloats} encodes. */
  int floats() {
    return floats.length;
  }

  /**
   * Encodes a row as {@link #encode} does, except for its floats: these are copied as they are, and
   * {@link #encodeFloats} encodes the floats of many rows.
   *
   * @param row not null
   * @param nans counts the NaNs of each float; a null is one
   */
  void encodeAllButFloats(
      SpecializedGetters row, float[] slots, int stride, int at, int[] nans, Faults faults) {
    copyPairs(row, slots, stride, at, nans);
    copyWholeFloats(row, slots, stride, at, nans);
    if (others.length > 0) {
      encode(others, row, slots, stride, at, faults);
    }
  }

  private void copyPairs(SpecializedGetters row, float[] slots, int stride, int at, int[] nans) {
    int[] to = floatSlots;
    for (int index = 0; index < paired; index += 2) {
      long pair = row.getLong(floatOrdinals[index]);
      float first = FloatPair.first(pair);
      float second = FloatPair.second(pair);
      if (Float.isNaN(first)) {
        first = Float.NaN;
        nans[index]++;
      }

      if (Float.isNaN(second)) {
        second = Float.NaN;
        nans[index + 1]++;
      }

      slots[to[index] * stride + at] = first;
      slots[to[index + 1] * stride + at] = second;
    }
  }

  private void copyWholeFloats(
      SpecializedGetters row, float[] slots, int stride, int at, int[] nans) {
    boolean hasZeros = row instanceof UnsafeRow; // where it has nulls
    for (int index = paired; index < floatOrdinals.length; index++) {
      int ordinal = floatOrdinals[index];
      float value = hasZeros || !row.isNullAt(ordinal) ? row.getFloat(ordinal) : 0f;
      if (Float.isNaN(value) || value == 0f && row.isNullAt(ordinal)) {
        value = Float.NaN;
        nans[index]++;
      }

      slots[floatSlots[index] * stride + at] = value;
    }
  }

  /**
   * Encodes floats that were copied.
   *
   * @param rows how many rows there are
   * @param nans how many of each float are NaN
   * @param faults receives the faults of all rows; if there are any, rows are to be encoded one by
   *     one, to find out which
   */
  void encodeFloats(float[] slots, int stride, int rows, int[] nans, Faults faults) {
    for (int index = 0; index < floats.length; index++) {
      NumberFeature feature = (NumberFeature) floats[index].feature;
      feature.numbers(slots, floatSlots[index] * stride, rows, nans[index], faults);
    }
  }

  private static float slot(SpecializedGetters row, Source source, Faults faults) {
    return switch (source.part) {
      case WHOLE -> source.values.slot(row, source.ordinal, source.feature, faults);
      case CELL ->
          ColumnEncoder.cell(row.getUTF8String(source.ordinal).getBytes(), source.feature, faults);
      case FIRST -> source.feature.number(FloatPair.first(row.getLong(source.ordinal)), faults);
      case SECOND -> source.feature.number(FloatPair.second(row.getLong(source.ordinal)), faults);
    };
  }
}
