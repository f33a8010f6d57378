package io.paritree.spark.outcomes;

import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows of a task as columns of numbers: a third of what they need as objects.
 *
 * @param wholes the columns of whole numbers, which come first and have no nulls
 * @param numbers the others; a null is NaN
 */
record ColumnBlock(long[][] wholes, double[][] numbers) implements Serializable {
  /** Leaves rows as they are read. */
  static final int UNORDERED = -1;

  private static final int FIRST = 1_000;

  /**
   * Has tasks make blocks, and receives them.
   *
   * @param rows their columns are whole numbers, then the others
   * @param wholes number of columns of whole numbers, at least one
   * @param by the column of {@link #numbers} by which each block is sorted, ascending and stable,
   *     or {@link #UNORDERED}
   * @param most rows that are received
   * @return empty if there are more
   */
  static Optional<List<ColumnBlock>> of(Dataset<Row> rows, int wholes, int by, long most) {
    int numbers = rows.columns().length - wholes;
    JavaRDD<JavaSerialized<ColumnBlock>> blocks =
        rows.queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(own -> block(own, wholes, numbers, by))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long size = blocks.map(own -> (long) own.value().size()).fold(0L, Long::sum);
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

  private static Iterator<JavaSerialized<ColumnBlock>> block(
      Iterator<InternalRow> rows, int wholes, int numbers, int by) {
    ColumnBlock block = new ColumnBlock(new long[wholes][FIRST], new double[numbers][FIRST]);
    int size = 0;
    for (; rows.hasNext(); size++) {
      if (size == block.size()) {
        block = block.resized(2 * size);
      }

      InternalRow row = rows.next();
      for (int column = 0; column < wholes; column++) {
        block.wholes[column][size] = row.getLong(column);
      }

      for (int column = 0; column < numbers; column++) {
        boolean isNull = row.isNullAt(wholes + column);
        block.numbers[column][size] = isNull ? Double.NaN : row.getDouble(wholes + column);
      }
    }

    ColumnBlock whole = block.resized(size);
    return List.of(new JavaSerialized<>(by < 0 ? whole : whole.sorted(by))).iterator();
  }

  /** Returns the same rows by the numbers of a column. */
  ColumnBlock sorted(int by) {
    int[] order = order(numbers[by]);
    return new ColumnBlock(
        Arrays.stream(wholes)
            .map(own -> Arrays.stream(order).mapToLong(at -> own[at]).toArray())
            .toArray(long[][]::new),
        Arrays.stream(numbers)
            .map(own -> Arrays.stream(order).mapToDouble(at -> own[at]).toArray())
            .toArray(double[][]::new));
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

  private ColumnBlock resized(int size) {
    return new ColumnBlock(
        Arrays.stream(wholes).map(own -> Arrays.copyOf(own, size)).toArray(long[][]::new),
        Arrays.stream(numbers).map(own -> Arrays.copyOf(own, size)).toArray(double[][]::new));
  }

  /** Returns the number of rows. */
  int size() {
    return wholes[0].length;
  }

  /**
   * @param column of {@link #wholes}
   */
  long whole(int column, int at) {
    return wholes[column][at];
  }

  /**
   * @param column of {@link #numbers}
   */
  double number(int column, int at) {
    return numbers[column][at];
  }
}
