package io.paritree.spark.outcomes;

import io.paritree.spark.blocks.ColumnarScan;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.RowToColumnConverter;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The rows of a Dataset as columnar batches: those of its scan, where it only selects columns;
 * otherwise they are made of its rows.
 *
 * @param batches each is valid until the next one
 * @param names the Dataset's columns
 * @param ordinals where a batch has each of them
 */
record ColumnBatches(JavaRDD<ColumnarBatch> batches, List<String> names, int[] ordinals) {
  private static final int ROWS = 4_096;

  static ColumnBatches of(Dataset<Row> rows) {
    List<String> names = List.of(rows.columns());
    Optional<ColumnarScan> scan =
        ColumnarScan.of(rows.queryExecution().executedPlan(), Optional.empty());
    if (scan.isPresent()) {
      return new ColumnBatches(
          scan.get().scan().executeColumnar().toJavaRDD(), names, scan.get().ordinals());
    }

    StructType schema = rows.schema();
    JavaRDD<InternalRow> each = rows.queryExecution().toRdd().toJavaRDD();
    return new ColumnBatches(
        each.mapPartitions(own -> batches(own, schema)),
        names,
        IntStream.range(0, names.size()).toArray());
  }

  /** Returns where batches have a column; -1 if the Dataset has none of this name. */
  int at(String name) {
    int column = names.indexOf(name);
    return column < 0 ? -1 : ordinals[column];
  }

  /** Returns where batches have columns. */
  int[] at(String... columns) {
    return Arrays.stream(columns).mapToInt(this::at).toArray();
  }

  static Iterator<ColumnarBatch> batches(Iterator<InternalRow> rows, StructType schema) {
    WritableColumnVector[] vectors = OnHeapColumnVector.allocateColumns(ROWS, schema);
    RowToColumnConverter converter = new RowToColumnConverter(schema);
    ColumnarBatch batch = new ColumnarBatch(vectors);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ColumnarBatch next() {
        for (WritableColumnVector vector : vectors) {
          vector.reset();
        }

        int size = 0;
        for (; size < ROWS && rows.hasNext(); size++) {
          converter.convert(rows.next(), vectors);
        }

        batch.setNumRows(size);
        return batch;
      }
    };
  }
}
