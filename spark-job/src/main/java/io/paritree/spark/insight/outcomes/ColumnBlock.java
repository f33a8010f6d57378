package io.paritree.spark.insight.outcomes;

import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows of a task as columns of numbers. A column whose numbers are all the same has one only.
 *
 * @param wholes so many columns, the first ones, are whole numbers; the others are the bits of
 *     doubles, where a null is NaN
 */
record ColumnBlock(int size, int wholes, long[][] columns) implements Serializable {
  private static final int FIRST = 1_000;

  /**
   * Has tasks make blocks, and receives them.
   *
   * @param rows their columns are whole numbers, then the others
   * @param wholes number of columns of whole numbers, at least one
   * @param by the column of {@link #number} by which each block is sorted, ascending and stable
   * @param most rows that are received
   * @return empty if there are more
   */
  static Optional<List<ColumnBlock>> of(Dataset<Row> rows, int wholes, int by, long most) {
    int columns = rows.columns().length;
    JavaRDD<JavaSerialized<ColumnBlock>> blocks =
        rows.queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(
                own ->
                    List.of(new JavaSerialized<>(block(own, wholes, columns).sorted(by)))
                        .iterator())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long size = blocks.map(own -> (long) own.value().size).fold(0L, Long::sum);
      return size > most ? Optional.empty() : Optional.of(received(blocks));
    } finally {
      blocks.unpersist(false);
    }
  }

  /** Returns all blocks, each of them in one form only. */
  private static List<ColumnBlock> received(JavaRDD<JavaSerialized<ColumnBlock>> blocks) {
    List<JavaSerialized<ColumnBlock>> sent = new ArrayList<>(blocks.collect());
    List<ColumnBlock> received = new ArrayList<>();
    for (int index = 0; index < sent.size(); index++) {
      received.add(sent.set(index, null).value());
    }

    return received;
  }

  private static ColumnBlock block(Iterator<InternalRow> rows, int wholes, int count) {
    Growing[] columns = Stream.generate(Growing::new).limit(count).toArray(Growing[]::new);
    int size = 0;
    for (; rows.hasNext(); size++) {
      InternalRow row = rows.next();
      for (int column = 0; column < wholes; column++) {
        columns[column].set(size, row.getLong(column));
      }

      for (int column = wholes; column < count; column++) {
        double number = row.isNullAt(column) ? Double.NaN : row.getDouble(column);
        columns[column].set(size, Double.doubleToLongBits(number));
      }
    }

    int all = size;
    return new ColumnBlock(
        size, wholes, Stream.of(columns).map(own -> own.first(all)).toArray(long[][]::new));
  }

  /** A column that grows. */
  private static final class Growing {
    private long[] values = new long[1];
    private boolean areSame = true;

    /** Sets the value that is next. */
    void set(int at, long value) {
      if (areSame && at > 0 && value != values[0]) {
        long same = values[0];
        values = new long[Math.max(FIRST, 2 * at)];
        Arrays.fill(values, 0, at, same);
        areSame = false;
      } else if (!areSame && at == values.length) {
        values = Arrays.copyOf(values, 2 * at);
      }

      if (!areSame || at == 0) {
        values[at] = value;
      }
    }

    long[] first(int size) {
      return areSame ? values : Arrays.copyOf(values, size);
    }
  }

  /** Returns the same rows by the numbers of a column. */
  ColumnBlock sorted(int by) {
    long[] values = columns[wholes + by];
    if (values.length == 1) {
      return this;
    }

    int[] order = order(Arrays.stream(values).mapToDouble(Double::longBitsToDouble).toArray());
    return new ColumnBlock(
        size,
        wholes,
        Stream.of(columns)
            .map(
                own ->
                    own.length == 1 ? own : Arrays.stream(order).mapToLong(at -> own[at]).toArray())
            .toArray(long[][]::new));
  }

  /**
   * Returns the places of values in ascending order. What is sorted are numbers of the upper bits
   * of a value and its place, which are all of its bits if it was a float.
   */
  private static int[] order(double[] values) {
    int placeBits = Long.SIZE - Long.numberOfLeadingZeros(values.length);
    long placeMask = (1L << placeBits) - 1;
    long[] keys = new long[values.length];
    for (int at = 0; at < keys.length; at++) {
      long bits = Double.doubleToLongBits(values[at]);
      keys[at] = (bits ^ bits >> Long.SIZE - 1 & Long.MAX_VALUE) & ~placeMask | at;
    }

    Arrays.sort(keys);
    int[] order = Arrays.stream(keys).mapToInt(key -> (int) (key & placeMask)).toArray();
    for (int from = 0, to; from < order.length; from = to) {
      boolean areSorted = true;
      for (to = from + 1; to < order.length && (keys[from] ^ keys[to]) <= placeMask; to++) {
        areSorted &= Double.compare(values[order[to - 1]], values[order[to]]) <= 0;
      }

      if (!areSorted) {
        int[] sorted =
            Arrays.stream(order, from, to)
                .boxed()
                .sorted(Comparator.comparingDouble(at -> values[at]))
                .mapToInt(at -> at)
                .toArray();
        System.arraycopy(sorted, 0, order, from, sorted.length);
      }
    }

    return order;
  }

  /**
   * @param column of whole numbers
   */
  long whole(int column, int at) {
    long[] values = columns[column];
    return values[values.length == 1 ? 0 : at];
  }

  /**
   * @param column of those after the whole numbers
   */
  double number(int column, int at) {
    return Double.longBitsToDouble(whole(wholes + column, at));
  }
}
