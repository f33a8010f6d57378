package io.paritree.spark.versions;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.spark.sql.execution.datasources.parquet.ParquetDictionary;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * The dictionary of a vector whose values Spark has not decoded yet.
 *
 * <p>Spark's own methods return the ids of the values, but neither which dictionary they belong to,
 * which changes with each column chunk, nor how many entries it has. Both are in fields that are
 * not public. On a Spark that has no such fields, no vector has a dictionary here.
 *
 * @param entries Parquet's dictionary: the same object for the whole column chunk
 * @param size how many entries there are
 * @param ids the entry of each row; undefined for nulls
 */
public record VectorDictionary(Object entries, int size, WritableColumnVector ids) {
  private static final VarHandle OF_VECTOR =
      field(WritableColumnVector.class, "dictionary", Dictionary.class);
  private static final VarHandle OF_PARQUET =
      field(ParquetDictionary.class, "dictionary", org.apache.parquet.column.Dictionary.class);

  private static VarHandle field(Class<?> holder, String name, Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(holder, MethodHandles.lookup())
          .findVarHandle(holder, name, type);
    } catch (NoSuchFieldException | IllegalAccessException e) {
      return null;
    }
  }

  /** Returns whether this Spark has the fields. */
  public static boolean isKnown() {
    return OF_VECTOR != null && OF_PARQUET != null;
  }

  /** Returns the dictionary of a vector; null if its values are decoded, or if it is not known. */
  public static VectorDictionary of(ColumnVector vector) {
    if (!isKnown()
        || !(vector instanceof WritableColumnVector writable)
        || !((Dictionary) OF_VECTOR.get(writable) instanceof ParquetDictionary parquet)) {
      return null;
    }

    org.apache.parquet.column.Dictionary entries =
        (org.apache.parquet.column.Dictionary) OF_PARQUET.get(parquet);
    return new VectorDictionary(entries, entries.getMaxId() + 1, writable.getDictionaryIds());
  }
}
