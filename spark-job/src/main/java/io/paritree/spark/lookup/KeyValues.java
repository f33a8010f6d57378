package io.paritree.spark.lookup;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Makes the bytes of a row's key from the columns of a file. Not thread-safe. */
final class KeyValues {
  private final KeyForm form;
  private final KeyBytes key = new KeyBytes();
  private int columns;

  /**
   * @param stored the columns of a file
   * @param names which are the key's
   * @throws UnusableRowsException naming a column that cannot be part of a key
   */
  KeyValues(MessageType stored, List<String> names) throws UnusableRowsException {
    List<KeyColumn> named = new ArrayList<>();
    for (String name : names) {
      Type type = stored.getType(name);
      named.add(new KeyColumn(name, type(type).orElseThrow(() -> unusable(type)), scale(type)));
    }

    this.form = new KeyForm(named);
  }

  /** Returns the type of a column as part of a key; empty if it can be none. */
  static Optional<KeyColumn.Type> type(Type stored) {
    if (!stored.isPrimitive()) {
      return Optional.empty();
    }

    LogicalTypeAnnotation meaning = stored.getLogicalTypeAnnotation();
    PrimitiveTypeName type = stored.asPrimitiveType().getPrimitiveTypeName();
    boolean isWhole = type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.INT64;
    KeyColumn.Type found = null;
    if (meaning instanceof DecimalLogicalTypeAnnotation) {
      found = KeyColumn.Type.DECIMAL;
    } else if (meaning instanceof StringLogicalTypeAnnotation) {
      found = KeyColumn.Type.TEXT;
    } else if (meaning instanceof DateLogicalTypeAnnotation) {
      found = KeyColumn.Type.DATE;
    } else if (meaning instanceof TimestampLogicalTypeAnnotation time
        && time.getUnit() == TimeUnit.MICROS) {
      found = time.isAdjustedToUTC() ? KeyColumn.Type.TIMESTAMP : KeyColumn.Type.TIMESTAMP_NTZ;
    } else if (type == PrimitiveTypeName.BOOLEAN) {
      found = KeyColumn.Type.BOOLEAN;
    } else if (isWhole
        && (meaning == null
            || meaning instanceof IntLogicalTypeAnnotation number && number.isSigned())) {
      found = KeyColumn.Type.INTEGER;
    }

    return Optional.ofNullable(found);
  }

  /** Returns the digits after the point of a column; 0 if it is none of decimals. */
  static int scale(Type column) {
    return column.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal
        ? decimal.getScale()
        : 0;
  }

  private static UnusableRowsException unusable(Type stored) {
    return new UnusableRowsException(
        "key column '%s' is of type %s, but look-ups need text, an integer, a decimal, a date, a"
                .formatted(stored.getName(), name(stored))
            + " timestamp in microseconds or a boolean");
  }

  private static String name(Type stored) {
    LogicalTypeAnnotation meaning = stored.getLogicalTypeAnnotation();
    if (meaning != null) {
      return meaning.toString();
    } else if (!stored.isPrimitive()) {
      return "struct";
    }

    return stored.asPrimitiveType().getPrimitiveTypeName().name().toLowerCase(Locale.ROOT);
  }

  KeyForm form() {
    return form;
  }

  /** Begins the next row. */
  void clear() {
    key.clear();
    columns = 0;
  }

  /** Returns whether no column of the row's key is null. */
  boolean isComplete() {
    return columns == form.columns().size();
  }

  /** Returns the key of the row; valid until the next one. */
  KeyBytes key() {
    return key;
  }

  /** Returns what receives the values of a column of the key. */
  Converter converter(int column, PrimitiveType type) {
    KeyColumn named = form.columns().get(column);
    boolean isLast = column == form.columns().size() - 1;
    boolean isDecimal = named.type() == KeyColumn.Type.DECIMAL;
    return new PrimitiveConverter() {
      @Override
      public void addBoolean(boolean value) {
        columns++;
        key.putBoolean(value);
      }

      @Override
      public void addInt(int value) {
        addLong(value);
      }

      @Override
      public void addLong(long value) {
        columns++;
        if (isDecimal) {
          key.putDecimal(BigInteger.valueOf(value));
        } else {
          key.putLong(value);
        }
      }

      @Override
      public void addBinary(Binary value) {
        columns++;
        if (isDecimal) {
          key.putDecimal(new BigInteger(value.getBytesUnsafe()));
        } else {
          key.putText(value.getBytesUnsafe(), isLast);
        }
      }
    };
  }
}
