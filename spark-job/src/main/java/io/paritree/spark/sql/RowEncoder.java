package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.spark.rows.BlockEncoder;
import io.paritree.spark.sql.RowColumns.Part;
import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.versions.rows.FloatPair;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.TimestampType;

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

  /** Those that are not in a pair. */
  private final Source[] single;

  /** The features of all pairs, the first and the second of each in turn, and their slots. */
  private final NumberFeature[] paired;

  private final int[] pairedSlots;

  /** The column of each pair. */
  private final int[] pairs;

  private record Source(
      Feature feature,
      int slot,
      int ordinal,
      Part part,
      ColumnKind kind,
      DataType type,
      boolean isInstant) {}

  RowEncoder(Schema schema, RowColumns columns) {
    this.sources = new Source[schema.width()];
    List<Field> fields = schema.fields();
    int at = 0;
    for (int field = 0; field < fields.size(); field++) {
      List<Feature> features = fields.get(field).features();
      DataType type = columns.types()[field];
      for (int index = 0; index < features.size(); index++) {
        sources[at++] =
            new Source(
                features.get(index),
                fields.get(field).slot(index),
                columns.ordinals()[field],
                columns.parts()[field],
                ColumnKind.of(type),
                type,
                type instanceof TimestampType);
      }
    }

    this.single = Arrays.stream(sources).filter(any -> any.part == Part.ALL).toArray(Source[]::new);
    Source[] inPairs =
        Arrays.stream(sources)
            .filter(any -> any.part != Part.ALL)
            .sorted(Comparator.comparingInt(Source::ordinal).thenComparing(Source::part))
            .toArray(Source[]::new);
    this.paired = new NumberFeature[inPairs.length];
    Arrays.setAll(paired, index -> (NumberFeature) inPairs[index].feature);
    this.pairedSlots = Arrays.stream(inPairs).mapToInt(Source::slot).toArray();
    this.pairs = new int[inPairs.length / 2];
    Arrays.setAll(pairs, pair -> inPairs[2 * pair].ordinal);
  }

  /**
   * Encodes a row.
   *
   * @param row null if there is none, which is a fault
   * @param slots slot s of the row is {@code slots[s * stride + at]}
   * @param faults receives what is wrong with the row
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

  /** Returns how many of a row's values are in pairs. */
  int paired() {
    return paired.length;
  }

  /**
   * Encodes a row as {@link #encode} does, except for its pairs: these are copied as they are, and
   * {@link #encodePairs} encodes those of many rows.
   *
   * @param row not null
   * @param nans counts the NaNs of each value in a pair
   */
  void encodeAllButPairs(
      SpecializedGetters row, float[] slots, int stride, int at, int[] nans, Faults faults) {
    int[] to = pairedSlots;
    for (int index = 0; index < pairs.length; index++) {
      long pair = row.getLong(pairs[index]);
      float first = FloatPair.first(pair);
      float second = FloatPair.second(pair);
      if (Float.isNaN(first)) {
        nans[2 * index]++;
      }

      if (Float.isNaN(second)) {
        nans[2 * index + 1]++;
      }

      slots[to[2 * index] * stride + at] = first;
      slots[to[2 * index + 1] * stride + at] = second;
    }

    if (single.length > 0) {
      encode(single, row, slots, stride, at, faults);
    }
  }

  /**
   * Encodes pairs that were copied.
   *
   * @param rows how many rows there are
   * @param nans how many of each value in a pair are NaN
   * @param faults receives what is wrong with any row; if anything is, rows are to be encoded one
   *     by one, to find out which
   */
  void encodePairs(float[] slots, int stride, int rows, int[] nans, Faults faults) {
    for (int index = 0; index < paired.length; index++) {
      paired[index].numbers(slots, pairedSlots[index] * stride, rows, nans[index], faults);
    }
  }

  private static float slot(SpecializedGetters row, Source source, Faults faults) {
    int ordinal = source.ordinal;
    Feature feature = source.feature;
    return switch (source.kind) {
      case FLOAT -> feature.number(ofFloat(row, source), faults);
      case DOUBLE -> feature.number(row.getDouble(ordinal), faults);
      case INT -> feature.number(row.getInt(ordinal), faults);
      case LONG -> ofLong(row.getLong(ordinal), source, faults);
      case SHORT -> feature.number(row.getShort(ordinal), faults);
      case BYTE -> feature.number(row.getByte(ordinal), faults);
      case DECIMAL -> feature.number(decimal(row, source), faults);
      case BOOLEAN -> feature.truth(row.getBoolean(ordinal), faults);
      case TEXT -> BlockEncoder.text(feature, row.getUTF8String(ordinal), faults);
      case BINARY, OTHER -> feature.other(source.type.sql(), faults);
    };
  }

  private static float ofFloat(SpecializedGetters row, Source source) {
    return switch (source.part) {
      case ALL -> row.getFloat(source.ordinal);
      case FIRST -> FloatPair.first(row.getLong(source.ordinal));
      case SECOND -> FloatPair.second(row.getLong(source.ordinal));
    };
  }

  private static float ofLong(long value, Source source, Faults faults) {
    if (source.isInstant) {
      return source.feature.instant(value, faults);
    }

    return source.feature.kind() == Feature.Kind.TIMESTAMP
        ? source.feature.local(value, faults)
        : source.feature.number((double) value, faults);
  }

  private static double decimal(SpecializedGetters row, Source source) {
    DecimalType type = (DecimalType) source.type;
    return row.getDecimal(source.ordinal, type.precision(), type.scale())
        .toJavaBigDecimal()
        .doubleValue();
  }
}
