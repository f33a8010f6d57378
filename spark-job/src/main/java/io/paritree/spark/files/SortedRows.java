package io.paritree.spark.files;

import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.versions.SparkLists;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.UnsafeExternalRowSorter;
import org.apache.spark.sql.execution.UnsafeExternalRowSorter.PrefixComputer;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;

/**
 * Rows of an output partition, sorted by their first columns with Spark's own sorter.
 *
 * <p>Ascending, nulls first. Rows are kept in the task's memory and spilled to its disk when it is
 * short. Must be used by the task's own thread. Not thread-safe.
 */
final class SortedRows {
  private final UnsafeExternalRowSorter sorter;
  private final UnsafeProjection projection;

  /**
   * @param keys number of first columns that define the order, at least 1
   */
  SortedRows(StructType schema, int keys) {
    List<DataType> types =
        Arrays.stream(schema.fields()).limit(keys).map(StructField::dataType).toList();
    this.projection = UnsafeProjection.create(schema);
    try {
      this.sorter =
          UnsafeExternalRowSorter.create(
              schema,
              SparkLists.ascending(types),
              PrefixComparators.LONG,
              prefix(types.get(0)),
              SparkEnv.get().memoryManager().pageSizeBytes(),
              false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the prefix that is compared before whole rows: the first key if it is stored as int or
   * long.
   */
  private static PrefixComputer prefix(DataType type) {
    ToLongFunction<InternalRow> key =
        switch (ColumnKind.of(type)) {
          case INT, DATE -> row -> row.isNullAt(0) ? Long.MIN_VALUE : row.getInt(0);
          case LONG, INSTANT, LOCAL -> row -> row.isNullAt(0) ? Long.MIN_VALUE : row.getLong(0);
          default -> row -> 0;
        };
    return new PrefixComputer() {
      private final Prefix prefix = new Prefix();

      @Override
      public Prefix computePrefix(InternalRow row) {
        prefix.value = key.applyAsLong(row);
        return prefix;
      }
    };
  }

  /** Adds a row; it is copied. */
  void add(InternalRow row) {
    try {
      sorter.insertRow(projection.apply(row));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes all rows in order, each valid until the next one, and frees their memory. */
  void writeTo(Consumer<InternalRow> file) {
    try {
      scala.collection.Iterator<InternalRow> rows = sorter.sort();
      while (rows.hasNext()) {
        file.accept(rows.next());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      sorter.cleanupResources();
    }
  }
}
