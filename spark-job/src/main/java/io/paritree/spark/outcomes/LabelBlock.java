package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Labels, column by column. Serialized, most need a few bytes beside their key.
 *
 * @param hashes of their keys, as {@link KeyReader} makes them
 * @param keys the bytes of all keys; empty if they have none
 * @param ends where the bytes of each key end; all 0 if they have none
 * @param outcome what came
 * @param day when it was known; {@link #NO_DAY} if that is not said
 * @param weight of each
 */
record LabelBlock(
    long[] hashes, byte[] keys, int[] ends, double[] outcome, int[] day, double[] weight)
    implements Serializable {
  static final int NO_DAY = Integer.MIN_VALUE;

  private static final int FEW = 1_024;

  private Object writeReplace() {
    return new Written(
        size(),
        ColumnBytes.of(hashes),
        keys,
        ColumnBytes.of(ends),
        ColumnBytes.ofDoubles(outcome),
        ColumnBytes.of(day),
        ColumnBytes.ofDoubles(weight));
  }

  /** Labels as they are serialized. */
  private record Written(
      int size, byte[] hashes, byte[] keys, byte[] ends, byte[] outcome, byte[] day, byte[] weight)
      implements Serializable {
    private Object readResolve() {
      return new LabelBlock(
          ColumnBytes.longs(hashes, size),
          keys,
          ColumnBytes.ints(ends, size),
          ColumnBytes.doubles(outcome, size),
          ColumnBytes.ints(day, size),
          ColumnBytes.doubles(weight, size));
    }
  }

  int size() {
    return hashes.length;
  }

  /** Returns where the bytes of a key begin. */
  int begin(int label) {
    return label == 0 ? 0 : ends[label - 1];
  }

  private static LabelBlock withRoomFor(int size, int bytes) {
    return new LabelBlock(
        new long[size],
        new byte[bytes],
        new int[size],
        new double[size],
        new int[size],
        new double[size]);
  }

  private LabelBlock resized(int size, int bytes) {
    return new LabelBlock(
        Arrays.copyOf(hashes, size),
        Arrays.copyOf(keys, bytes),
        Arrays.copyOf(ends, size),
        Arrays.copyOf(outcome, size),
        Arrays.copyOf(day, size),
        Arrays.copyOf(weight, size));
  }

  /** Returns the labels of all blocks. */
  static LabelBlock of(List<LabelBlock> blocks) {
    LabelBlock all =
        withRoomFor(
            blocks.stream().mapToInt(LabelBlock::size).sum(),
            blocks.stream().mapToInt(own -> own.keys.length).sum());
    int at = 0;
    int bytes = 0;
    for (LabelBlock own : blocks) {
      System.arraycopy(own.hashes, 0, all.hashes, at, own.size());
      System.arraycopy(own.keys, 0, all.keys, bytes, own.keys.length);
      for (int label = 0; label < own.size(); label++) {
        all.ends[at + label] = bytes + own.ends[label];
      }

      System.arraycopy(own.outcome, 0, all.outcome, at, own.size());
      System.arraycopy(own.day, 0, all.day, at, own.size());
      System.arraycopy(own.weight, 0, all.weight, at, own.size());
      at += own.size();
      bytes += own.keys.length;
    }

    return all;
  }

  /**
   * Reads the labels that have a key, an outcome, and a day if there are days.
   *
   * @param lastDay of labels that count
   */
  static LabelBlock read(Iterator<ColumnarBatch> batches, LabelColumns columns, int lastDay) {
    KeyReader keys = new KeyReader(columns.keys());
    LabelBlock all = withRoomFor(FEW, FEW);
    int size = 0;
    int bytes = 0;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      keys.begin(batch);
      for (int row = 0; row < batch.numRows(); row++) {
        if (!columns.isKnown(batch, row) || columns.day(batch, row) > lastDay) {
          continue;
        }

        long hash = keys.hash(row);
        if (size == all.size() || bytes + keys.size() > all.keys.length) {
          all = all.resized(2 * all.size(), 2 * Math.max(all.keys.length, bytes + keys.size()));
        }

        System.arraycopy(keys.bytes(), 0, all.keys, bytes, keys.size());
        bytes += keys.size();
        all.hashes[size] = hash;
        all.ends[size] = bytes;
        all.outcome[size] = columns.outcome(batch, row);
        all.day[size] = columns.day(batch, row);
        all.weight[size] = columns.weight(batch, row);
        size++;
      }
    }

    return all.resized(size, bytes);
  }
}
