package io.paritree.forest;

import java.util.Arrays;

/**
 * The thresholds of one feature, compared with all rows of a block at the same time. Each threshold
 * has a mask; bit r of it says whether row r goes right.
 *
 * <p>Immutable and thread-safe.
 */
final class Thresholds {

  /*
   * The rank of a row is the number of thresholds that are at or below its slot; the row goes right
   * at threshold j if its rank is above j. So the bit of each row is set in the bucket of its
   * rank. One sweep from the highest bucket down, which ORs the buckets, then yields the mask of
   * every threshold: the cost per threshold is a load, an OR and a store for 64 rows.
   *
   * A rank is found with a table: a monotone function divides the number line into cells, and the
   * table says how many thresholds are in the cells before. The rest is a search among the few
   * thresholds of one cell, in the same number of steps for all rows and without a branch. The
   * function is linear, either in the value or in its key (which is nearly its logarithm): the one
   * that has fewer thresholds in its fullest cell. Rounding does no harm, because it is monotone,
   * too.
   *
   * Missing rows go left for splits with default left and right for the others. If all splits of
   * the feature agree, missing rows have the lowest or the highest rank. Otherwise each threshold
   * has two tests, and the missing rows are added to the masks of the tests with default right.
   */
  private static final int MAX_CELLS = 1 << 13;
  private static final int CELLS_PER_THRESHOLD = 16;

  private final int feature;
  private final int thresholds;

  /** Ascending keys, then padding that is above everything. */
  private final int[] keys;

  private final char[] firstOfCell;
  private final boolean isLinearInKey;
  private final float low;
  private final float scale;
  private final int lowKey;
  private final int highKey;
  private final int keyShift;

  /** The largest step of the search, a power of 2, or 0 if no cell holds a threshold. */
  private final int firstStep;

  private final int missingRank;
  private final int leftFirst;
  private final int rightFirst;

  /**
   * Prepares a feature.
   *
   * @param sortedKeys the keys of its thresholds, ascending and distinct, at least one and at most
   *     65,535
   * @param leftFirst the first test of splits with default left; -1 if there is none
   * @param rightFirst the first test of splits with default right; -1 if there is none
   */
  Thresholds(int feature, int[] sortedKeys, int leftFirst, int rightFirst) {
    this.feature = feature;
    this.thresholds = sortedKeys.length;
    this.leftFirst = leftFirst;
    this.rightFirst = rightFirst;
    this.missingRank = leftFirst < 0 ? thresholds : 0;

    int cells = cells(thresholds);
    this.low = lowestFinite(sortedKeys);
    this.scale = scale(sortedKeys, low, cells);
    this.lowKey = sortedKeys[0];
    this.highKey = sortedKeys[thresholds - 1];
    this.keyShift = keyShift(lowKey, highKey, cells);
    int[] byValue = occupancy(sortedKeys, cells, false);
    int[] byKey = occupancy(sortedKeys, cells, true);
    this.isLinearInKey = max(byKey) < max(byValue);
    int[] chosen = isLinearInKey ? byKey : byValue;
    this.firstOfCell = new char[cells];
    for (int cell = 1; cell < cells; cell++) {
      firstOfCell[cell] = (char) (firstOfCell[cell - 1] + chosen[cell - 1]);
    }

    this.firstStep = Integer.highestOneBit(max(chosen));
    this.keys = Arrays.copyOf(sortedKeys, thresholds + 2 * firstStep);
    Arrays.fill(keys, thresholds, keys.length, Integer.MAX_VALUE);
  }

  /** Returns a power of 2 of cells. */
  static int cells(int thresholds) {
    return Math.min(
        MAX_CELLS, Integer.highestOneBit(CELLS_PER_THRESHOLD * thresholds - 1 | 8) << 1);
  }

  /** Returns the bits by which keys are shifted so that they fit into the cells. */
  static int keyShift(int lowKey, int highKey, int cells) {
    int shift = 0;
    while (((long) highKey - lowKey >> shift) >= cells) {
      shift++;
    }

    return shift;
  }

  static int max(int[] counts) {
    return Arrays.stream(counts).max().orElse(0);
  }

  static float valueOf(int key) {
    return Float.intBitsToFloat(key ^ ((key >> 31) & 0x7fffffff));
  }

  static float lowestFinite(int[] sortedKeys) {
    for (int key : sortedKeys) {
      if (Float.isFinite(valueOf(key))) {
        return valueOf(key);
      }
    }

    return 0f;
  }

  static float scale(int[] sortedKeys, float low, int cells) {
    float high = low;
    for (int key : sortedKeys) {
      high = Float.isFinite(valueOf(key)) ? valueOf(key) : high;
    }

    float scale = (cells - 1) / (high - low);
    return Float.isFinite(scale) ? scale : 0f;
  }

  private int[] occupancy(int[] sortedKeys, int cells, boolean linearInKey) {
    int[] counts = new int[cells];
    for (int key : sortedKeys) {
      counts[linearInKey ? cellOfKey(key) : cellOfValue(valueOf(key), cells - 1)]++;
    }

    return counts;
  }

  /**
   * Returns the cell of a value. For a value that is not missing, the product is NaN only if it is
   * 0 * Infinity. Then the scale is 0, so all values are in cell 0, and NaN is, too.
   */
  private int cellOfValue(float value, int lastCell) {
    int cell = (int) ((value - low) * scale);
    return Math.max(0, Math.min(lastCell, cell));
  }

  private int cellOfKey(int key) {
    int inside = Math.max(lowKey, Math.min(highKey, key));
    return inside - lowKey >>> keyShift;
  }

  int feature() {
    return feature;
  }

  /** Returns the keys of the thresholds, ascending. */
  int[] keys() {
    return Arrays.copyOf(keys, thresholds);
  }

  int size() {
    return thresholds;
  }

  /** Returns the first test of the splits with a default direction. */
  int first(boolean missingGoesLeft) {
    return missingGoesLeft ? leftFirst : rightFirst;
  }

  /** Returns the place of a threshold, by its key. */
  int indexOf(int key) {
    return Arrays.binarySearch(keys, 0, thresholds, key);
  }

  /**
   * Writes the masks of a block.
   *
   * @param ranks working memory of 128 ints
   * @param buckets all zero, before and after; at least one more than the number of thresholds
   * @param masks receives the masks
   */
  void write(Block block, int[] ranks, long[] buckets, long[] masks) {
    long missing = findCells(block, ranks);
    findRanks(block.rows(), ranks);
    for (long rest = missing; rest != 0; rest &= rest - 1) {
      ranks[Long.numberOfTrailingZeros(rest)] = missingRank;
    }

    for (int row = 0; row < block.rows(); row++) {
      buckets[ranks[row]] |= 1L << row;
    }

    sweep(buckets, missing, masks);
  }

  /**
   * Writes for each row the number of thresholds before its cell, and 64 places later its key;
   * returns the rows whose slot is missing.
   */
  private long findCells(Block block, int[] ranks) {
    float[] slots = block.slots();
    int stride = block.rowStride();
    int at = block.from() + feature * block.featureStride();
    long missing = 0;
    for (int row = 0; row < block.rows(); row++) {
      float slot = slots[at + row * stride];
      missing |= (long) (Key.missing(slot) & 1) << row;
      ranks[Block.MAX_ROWS + row] = Key.of(slot);
    }

    if (isLinearInKey) {
      for (int row = 0; row < block.rows(); row++) {
        ranks[row] = firstOfCell[cellOfKey(ranks[Block.MAX_ROWS + row])];
      }
    } else {
      int lastCell = firstOfCell.length - 1;
      for (int row = 0; row < block.rows(); row++) {
        ranks[row] = firstOfCell[cellOfValue(slots[at + row * stride], lastCell)];
      }
    }

    return missing;
  }

  /** Searches among the thresholds of the cells, step by step for all rows. */
  private void findRanks(int rows, int[] ranks) {
    for (int step = firstStep; step > 0; step >>= 1) {
      for (int row = 0; row < rows; row++) {
        int rank = ranks[row];
        long key = ranks[Block.MAX_ROWS + row];
        ranks[row] = rank + ((int) (keys[rank + step - 1] - key - 1 >> 63) & step);
      }
    }
  }

  private void sweep(long[] buckets, long missing, long[] masks) {
    long right = 0;
    if (leftFirst >= 0 && rightFirst >= 0) {
      for (int threshold = thresholds - 1; threshold >= 0; threshold--) {
        right |= buckets[threshold + 1];
        buckets[threshold + 1] = 0;
        masks[leftFirst + threshold] = right;
        masks[rightFirst + threshold] = right | missing;
      }
    } else {
      int first = Math.max(leftFirst, rightFirst);
      for (int threshold = thresholds - 1; threshold >= 0; threshold--) {
        right |= buckets[threshold + 1];
        buckets[threshold + 1] = 0;
        masks[first + threshold] = right;
      }
    }

    buckets[0] = 0;
  }
}
