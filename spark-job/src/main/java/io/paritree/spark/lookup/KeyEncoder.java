package io.paritree.spark.lookup;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Makes the bytes of a key from the first columns of a row. Immutable and thread-safe. */
public final class KeyEncoder {
  private final KeyForm form;
  private final Column[] columns;

  /** Adds a value that is not null to a key. */
  @FunctionalInterface
  private interface Column {
    void add(InternalRow row, KeyBytes key);
  }

  /**
   * @param keys the first columns of a row
   * @throws IllegalArgumentException naming a column whose values cannot be part of a key
   */
  public KeyEncoder(List<StructField> keys) {
    this.columns = new Column[keys.size()];
    List<KeyColumn> named = new ArrayList<>();
    for (int at = 0; at < columns.length; at++) {
      StructField field = keys.get(at);
      Type type = type(field);
      int scale = field.dataType() instanceof DecimalType decimal ? decimal.scale() : 0;
      named.add(new KeyColumn(field.name(), type, scale));
      columns[at] = column(type, field.dataType(), at, at == columns.length - 1);
    }

    this.form = new KeyForm(named);
  }

  private static Type type(StructField field) {
    DataType type = field.dataType();
    if (type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType) {
      return Type.INTEGER;
    } else if (type instanceof DecimalType) {
      return Type.DECIMAL;
    } else if (type instanceof StringType) {
      return Type.TEXT;
    } else if (type instanceof DateType) {
      return Type.DATE;
    } else if (type instanceof TimestampType) {
      return Type.TIMESTAMP;
    } else if (type instanceof TimestampNTZType) {
      return Type.TIMESTAMP_NTZ;
    } else if (type instanceof BooleanType) {
      return Type.BOOLEAN;
    }

    throw new IllegalArgumentException(
        "key column '%s' is of type %s, but look-ups need text, an integer, a decimal, a date, a"
                .formatted(field.name(), type.simpleString())
            + " timestamp or a boolean");
  }

  private static Column column(Type type, DataType stored, int at, boolean isLast) {
    return switch (type) {
      case INTEGER -> integer(stored, at);
      case DATE -> (row, key) -> key.putLong(row.getInt(at));
      case TIMESTAMP, TIMESTAMP_NTZ -> (row, key) -> key.putLong(row.getLong(at));
      case TEXT -> (row, key) -> key.putText(row.getUTF8String(at).getBytes(), isLast);
      case BOOLEAN -> (row, key) -> key.putBoolean(row.getBoolean(at));
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) stored;
        int precision = decimal.precision();
        int scale = decimal.scale();
        yield (row, key) ->
            key.putDecimal(row.getDecimal(at, precision, scale).toJavaBigDecimal().unscaledValue());
      }
    };
  }

  private static Column integer(DataType stored, int at) {
    if (stored instanceof LongType) {
      return (row, key) -> key.putLong(row.getLong(at));
    } else if (stored instanceof IntegerType) {
      return (row, key) -> key.putLong(row.getInt(at));
    } else if (stored instanceof ShortType) {
      return (row, key) -> key.putLong(row.getShort(at));
    }

    return (row, key) -> key.putLong(row.getByte(at));
  }

  /** Returns the columns of the key. */
  public KeyForm form() {
    return form;
  }

  /**
   * Encodes a row's key.
   *
   * @return whether no column of it is null
   */
  boolean encode(InternalRow row, KeyBytes key) {
    key.clear();
    for (int at = 0; at < columns.length; at++) {
      if (row.isNullAt(at)) {
        return false;
      }

      columns[at].add(row, key);
    }

    return true;
  }
}
