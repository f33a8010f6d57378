package io.paritree.spark.outcomes;

import io.paritree.spark.versions.VectorDictionary;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Numbers the values of a column of a task, in the order in which they come; 0 is null. A value of
 * a dictionary is looked at once for each dictionary. Not thread-safe.
 */
final class ValueCodes {
  private static final int UNKNOWN = -1;

  private final Map<Object, Integer> codes = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private Object dictionary;
  private int[] ofEntries = {};

  ValueCodes() {
    texts.add(null);
  }

  /** Returns whether values of a type can be read as they are, with the texts that SQL has. */
  static boolean areRead(DataType type) {
    return type instanceof StringType
        || type instanceof IntegralType
        || type instanceof DateType
        || type instanceof BooleanType;
  }

  /** Returns the number of values that have come so far. */
  int size() {
    return texts.size() - 1;
  }

  /** Returns the value of a code as text; null for a null. */
  String text(int code) {
    return texts.get(code);
  }

  /**
   * Reads the values of a batch.
   *
   * @param into receives the code of each row
   * @return the code of all rows, and then {@code into} has none; -1 if they may differ
   */
  int read(ColumnVector vector, int rows, int[] into) {
    if (vector instanceof ConstantColumnVector) {
      return code(vector, 0);
    }

    VectorDictionary known = VectorDictionary.of(vector);
    if (known == null) {
      for (int row = 0; row < rows; row++) {
        into[row] = code(vector, row);
      }
    } else {
      read(vector, known, rows, into);
    }

    return UNKNOWN;
  }

  private void read(ColumnVector vector, VectorDictionary known, int rows, int[] into) {
    if (known.entries() != dictionary) {
      dictionary = known.entries();
      ofEntries = new int[known.size()];
      Arrays.fill(ofEntries, UNKNOWN);
    }

    boolean anyNull = vector.hasNull(); // the entry of a null is undefined
    for (int row = 0; row < rows; row++) {
      if (anyNull && vector.isNullAt(row)) {
        into[row] = 0;
        continue;
      }

      int entry = known.ids().getDictId(row);
      int code = ofEntries[entry];
      if (code == UNKNOWN) {
        code = code(vector, row);
        ofEntries[entry] = code;
      }

      into[row] = code;
    }
  }

  private int code(ColumnVector vector, int row) {
    if (vector.isNullAt(row)) {
      return 0;
    }

    DataType type = vector.dataType();
    Object value =
        type instanceof StringType ? vector.getUTF8String(row) : Long.valueOf(number(vector, row));
    Integer code = codes.get(value);
    return code == null ? add(value, type) : code;
  }

  private int add(Object value, DataType type) {
    int code = texts.size();
    if (value instanceof UTF8String text) {
      codes.put(text.copy(), code);
      texts.add(text.toString());
    } else {
      codes.put(value, code);
      texts.add(text((Long) value, type));
    }

    return code;
  }

  private static String text(long value, DataType type) {
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay(value).toString();
    }

    return type instanceof BooleanType ? String.valueOf(value != 0) : String.valueOf(value);
  }

  /** Returns a value that is a whole number, a day or true or false, as a number. */
  static long number(ColumnVector vector, int row) {
    DataType type = vector.dataType();
    if (type instanceof BooleanType) {
      return vector.getBoolean(row) ? 1 : 0;
    }

    return switch (type.defaultSize()) {
      case Long.BYTES -> vector.getLong(row);
      case Integer.BYTES -> vector.getInt(row);
      case Short.BYTES -> vector.getShort(row);
      default -> vector.getByte(row);
    };
  }
}
