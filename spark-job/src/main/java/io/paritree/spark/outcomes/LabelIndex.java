package io.paritree.spark.outcomes;

import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Labels by their keys, so few that every task can hold all of them. Thread-safe.
 *
 * <p>A table with open addressing has them by the lower bits of the hash. Most scores have no
 * label: bits that fit into a core's cache say so of nearly all of them.
 */
final class LabelIndex implements Serializable {
  private static final int BITS_EACH = 12;

  private final LabelBlock labels;
  private transient int[] table; // 1 + the label; 0 is free
  private transient long[] bits;
  private transient int keys;
  private transient boolean areOfOneDay; // then fewer places of memory are looked at
  private transient boolean areOfOneWeight;

  LabelIndex(LabelBlock labels) {
    this.labels = labels;
  }

  /**
   * Reads all labels that count.
   *
   * @param rows as {@link LabelColumns} are in them
   * @param keys how many columns the key has
   * @param lastDay of labels that count
   */
  static LabelIndex of(ColumnBatches rows, int keys, int lastDay) {
    LabelColumns columns = LabelColumns.of(rows, keys);
    List<LabelBlock> blocks =
        rows
            .batches()
            .mapPartitions(
                batches ->
                    List.of(new JavaSerialized<>(LabelBlock.read(batches, columns, lastDay)))
                        .iterator())
            .collect()
            .stream()
            .map(JavaSerialized::value)
            .toList();
    return new LabelIndex(LabelBlock.of(blocks));
  }

  private synchronized void prepare() {
    if (table != null) {
      return;
    }

    int size = Integer.highestOneBit(Math.max(1, 2 * labels.size())) << 1;
    int[] all = new int[size];
    bits = new long[Math.max(1, Integer.highestOneBit(BITS_EACH * labels.size() / Long.SIZE + 1))];
    for (int label = 0; label < labels.size(); label++) {
      long hash = labels.hashes()[label];
      int at = (int) hash & size - 1;
      while (all[at] != 0 && !areSame(all[at] - 1, label)) {
        at = at + 1 & size - 1;
      }

      keys += all[at] == 0 ? 1 : 0;
      all[at] = label + 1;
      bits[word(hash)] |= 1L << (hash >>> Integer.SIZE);
    }

    areOfOneDay = Arrays.stream(labels.day()).allMatch(day -> day == labels.day()[0]);
    areOfOneWeight = Arrays.stream(labels.weight()).allMatch(own -> own == labels.weight()[0]);
    table = all;
  }

  private int word(long hash) {
    return (int) (hash >>> Integer.SIZE + 6) & bits.length - 1;
  }

  private boolean areSame(int one, int other) {
    return labels.hashes()[one] == labels.hashes()[other]
        && (labels.keys().length == 0
            || Arrays.equals(
                labels.keys(),
                labels.begin(one),
                labels.ends()[one],
                labels.keys(),
                labels.begin(other),
                labels.ends()[other]));
  }

  /** Returns how many different keys there are. */
  int keys() {
    prepare();
    return keys;
  }

  /** Finds the labels of the rows of a task. */
  RowLabels of(KeyReader keys) {
    prepare();
    return new OfKeys(keys);
  }

  /** The labels of rows, by their keys. */
  private final class OfKeys implements RowLabels {
    private final KeyReader keys;
    private int label;

    OfKeys(KeyReader keys) {
      this.keys = keys;
    }

    @Override
    public void begin(ColumnarBatch batch) {
      keys.begin(batch);
    }

    @Override
    public boolean find(int row) {
      if (keys.isNull(row)) {
        return false;
      }

      long hash = keys.hash(row);
      if ((bits[word(hash)] >>> (hash >>> Integer.SIZE) & 1) == 0) {
        return false;
      }

      int mask = table.length - 1;
      int at = (int) hash & mask;
      while (table[at] != 0 && !isOf(table[at] - 1, hash)) {
        at = at + 1 & mask;
      }

      label = table[at] - 1;
      return label >= 0;
    }

    private boolean isOf(int label, long hash) {
      return labels.hashes()[label] == hash
          && (labels.keys().length == 0
              || Arrays.equals(
                  labels.keys(),
                  labels.begin(label),
                  labels.ends()[label],
                  keys.bytes(),
                  0,
                  keys.size()));
    }

    @Override
    public double outcome() {
      return labels.outcome()[label];
    }

    @Override
    public int day() {
      return areOfOneDay ? labels.day()[0] : labels.day()[label];
    }

    @Override
    public double weight() {
      return areOfOneWeight ? labels.weight()[0] : labels.weight()[label];
    }
  }
}
