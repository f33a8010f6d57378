package io.paritree.spark.score;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Pieces;
import io.paritree.feature.TableFeature;
import io.paritree.record.CsvCells;
import io.paritree.spark.task.ColumnKind;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Encodes the values of a column one by one, each by the method of a {@link Feature} that takes
 * values of the column's type. Immutable and thread-safe.
 */
public record ColumnEncoder(ColumnKind kind, DataType type) {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  public static ColumnEncoder of(DataType type) {
    return new ColumnEncoder(ColumnKind.of(type), type);
  }

  /** Returns the slot of the value at an ordinal of a row, which is not null. */
  public float slot(SpecializedGetters row, int at, Feature feature, Faults faults) {
    return switch (kind) {
      case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE, DECIMAL ->
          feature.number(kind.number(row, at, type), faults);
      case BOOLEAN -> feature.truth(row.getBoolean(at), faults);
      case INSTANT -> feature.instant(row.getLong(at), faults);
      case LOCAL -> feature.local(row.getLong(at), faults);
      case TEXT -> text(row.getUTF8String(at), feature, faults);
      case DATE ->
          feature.readsDates()
              ? feature.local(row.getInt(at) * MICROS_PER_DAY, faults)
              : feature.other(type.sql(), faults);
      case BINARY, OTHER -> feature.other(type.sql(), faults);
    };
  }

  /**
   * Returns the piece of the value at an ordinal of a row, which is not null.
   *
   * @param feature one of the tables that share the pieces
   */
  public int piece(SpecializedGetters row, int at, TableFeature feature) {
    Pieces pieces = feature.pieces();
    return switch (kind) {
      case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE, DECIMAL ->
          pieces.number(kind.number(row, at, type));
      case BOOLEAN -> pieces.truth(row.getBoolean(at));
      case INSTANT -> pieces.instant(row.getLong(at));
      case LOCAL -> pieces.local(row.getLong(at));
      case TEXT -> {
        byte[] bytes = row.getUTF8String(at).getBytes();
        yield pieces.text(bytes, 0, bytes.length);
      }
      case DATE ->
          feature.readsDates() ? pieces.local(row.getInt(at) * MICROS_PER_DAY) : Pieces.REFUSED;
      case BINARY, OTHER -> Pieces.REFUSED;
    };
  }

  /** Encodes a text, whose bytes are copied only if they are not in an array. */
  private static float text(UTF8String text, Feature feature, Faults faults) {
    if (text.getBaseObject() instanceof byte[] bytes) {
      int offset = (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET);
      return feature.text(bytes, offset, text.numBytes(), faults);
    }

    byte[] bytes = text.getBytes();
    return feature.text(bytes, 0, bytes.length, faults);
  }

  /** Returns the slot of a cell of a CSV file, which is not empty. */
  public static float cell(byte[] cell, Feature feature, Faults faults) {
    return CsvCells.encode(feature, cell, 0, cell.length, faults);
  }
}
