package io.paritree.forest;

import java.util.Arrays;
import java.util.List;

/**
 * The loops that compare the thresholds of one feature with 256 or 512 rows: what {@link
 * Thresholds} does for 64 rows, in another way.
 */
final class WideThresholds {

  /*
   * The rank of each row is found with a table of cells and a search, as in Thresholds. A cell is
   * the nearest whole number instead of the one below, which needs no conversion to int; both are
   * monotone. Missing rows have rank 0.
   *
   * The ranks are then turned into planes. The lowest four planes say which rows have a low digit
   * above 0 to 15, the others which rows have each value of the high digit, and which are above it.
   * So the mask of a threshold is one AND and one OR of these. Missing rows are added to the
   * rows above, for the tests whose missing rows go right.
   */
  private static final int LOW_VALUES = 16;

  /** Ranks have up to 14 planes. */
  static final int MAX_THRESHOLDS = (1 << 14) - 1;

  private static final int LONGS = WideMemory.LONGS;

  /**
   * Where the digits of ranks are: two of 4 values, the low one, and two places for the high one.
   */
  private static final int FIRST = 0;

  private static final int SECOND = 2 * 4 * LONGS;
  private static final int LOW = 2 * SECOND;
  private static final int HIGH = LOW + 2 * LOW_VALUES * LONGS;

  private final int feature;
  private final int[] sortedKeys;
  private final int highs;

  /**
   * Prepares a feature.
   *
   * @param sortedKeys the keys of its thresholds, ascending and distinct, at least one and at most
   *     {@link #MAX_THRESHOLDS}
   */
  WideThresholds(int feature, int[] sortedKeys) {
    this.feature = feature;
    this.sortedKeys = sortedKeys;
    this.highs = sortedKeys.length / LOW_VALUES + 1;
  }

  /** Returns the longs that the masks of one side take. */
  int longs() {
    return highs * LOW_VALUES * LONGS;
  }

  /** Returns whether ranks need a second byte. */
  boolean hasHighByte() {
    return highs > LOW_VALUES;
  }

  /** Returns the longs that the digits take. */
  int digits() {
    int values = LOW_VALUES;
    while (values < highs) {
      values *= 4;
    }

    return HIGH + 2 * 2 * values * LONGS;
  }

  /**
   * Adds the loops that write the bytes of the ranks.
   *
   * @param missingAt where the bits of missing rows are collected
   * @param bit the bit of this feature there
   * @param square where the square of the lower byte begins
   * @param highSquare the same for the upper byte, if there is one
   */
  void addRanks(List<WideLoop> loops, int missingAt, int bit, int square, int highSquare) {
    int thresholds = sortedKeys.length;
    int cells = Thresholds.cells(thresholds);
    float low = Thresholds.lowestFinite(sortedKeys);
    float scale = Thresholds.scale(sortedKeys, low, cells);
    int lowKey = sortedKeys[0];
    int highKey = sortedKeys[thresholds - 1];
    int shift = Thresholds.keyShift(lowKey, highKey, cells);
    int[] byValue = new int[scale == 0 ? 1 : cells]; // 0 * Infinity has no cell
    int[] byKey = new int[cells];
    for (int key : sortedKeys) {
      byValue[cell(Thresholds.valueOf(key), low, scale, byValue.length - 1)]++;
      byKey[key - lowKey >>> shift]++;
    }

    boolean isLinearInKey = Thresholds.max(byKey) < Thresholds.max(byValue);
    int[] counts = isLinearInKey ? byKey : byValue;
    int[] firstOfCell = new int[counts.length];
    for (int cell = 1; cell < counts.length; cell++) {
      firstOfCell[cell] = firstOfCell[cell - 1] + counts[cell - 1];
    }

    loops.add(
        isLinearInKey
            ? new RankLoops.CellsOfKeys(feature, lowKey, highKey, shift, missingAt, bit)
            : new RankLoops.CellsOfValues(feature, low, scale, counts.length - 1, missingAt, bit));
    loops.add(new RankLoops.FirstOfCells(firstOfCell));
    int firstStep = Integer.highestOneBit(Thresholds.max(counts));
    int[] keys = Arrays.copyOf(sortedKeys, thresholds + 2 * firstStep);
    Arrays.fill(keys, thresholds, keys.length, Integer.MAX_VALUE);
    for (int step = firstStep; step > 0; step >>= 1) {
      loops.add(new RankLoops.Search(keys, step));
    }

    loops.add(new RankLoops.Pack(false, 0, 0, square));
    if (hasHighByte()) {
      loops.add(new RankLoops.Pack(false, 0, 8, highSquare));
    }
  }

  /** Returns the cell that {@link RankLoops.CellsOfValues} finds. */
  private static int cell(float value, float low, float scale, int lastCell) {
    int first = Float.floatToRawIntBits(RankLoops.ROUNDING);
    int bits = Float.floatToRawIntBits((value - low) * scale + RankLoops.ROUNDING);
    return Math.max(first, Math.min(first + lastCell, bits)) - first;
  }

  /**
   * Where the planes of a feature are.
   *
   * @param square where those of the lower byte begin
   * @param highSquare the same for the upper byte, if there is one
   * @param missingAt where that of the missing rows is
   * @param noneAt where one without rows is
   * @param digitsAt where there is room for {@link #digits}
   */
  record Planes(int square, int highSquare, int missingAt, int noneAt, int digitsAt) {}

  /**
   * Adds the loops that write the masks.
   *
   * @param leftAt where the masks of splits with default left begin; -1 if there are none
   * @param rightAt the same for default right
   */
  void addMasks(List<WideLoop> loops, Planes planes, int leftAt, int rightAt) {
    int first = planes.digitsAt + FIRST;
    int low = planes.digitsAt + LOW;
    int high = planes.digitsAt + HIGH;
    int other = high + (digits() - HIGH) / 2;
    addFour(loops, planes.square, planes.digitsAt, low);
    addFour(loops, planes.square + 4 * LONGS, planes.digitsAt, high);
    int values = LOW_VALUES;
    for (int plane = planes.highSquare; values < highs; plane += 2 * LONGS) {
      loops.add(new MaskLoops.Digit(plane, first));
      loops.add(new MaskLoops.Join(first, high, values, other));
      int joined = other;
      other = high;
      high = joined;
      values *= 4;
    }

    if (leftAt >= 0) {
      loops.add(new MaskLoops.Masks(high, values, highs, low, planes.noneAt, leftAt));
    }

    if (rightAt >= 0) {
      loops.add(new MaskLoops.Masks(high, values, highs, low, planes.missingAt, rightAt));
    }
  }

  /** Adds the loops that find a digit of four planes. */
  private static void addFour(List<WideLoop> loops, int planeAt, int digitsAt, int to) {
    loops.add(new MaskLoops.Digit(planeAt, digitsAt + FIRST));
    loops.add(new MaskLoops.Digit(planeAt + 2 * LONGS, digitsAt + SECOND));
    loops.add(new MaskLoops.Join(digitsAt + SECOND, digitsAt + FIRST, 4, to));
  }
}
