package io.paritree.forest;

import java.util.Arrays;

/**
 * What wide slices need of a thread's working memory; it grows to what the largest forest needs.
 */
final class WideMemory {
  /** Rows of a block: a vector has a bit of each. */
  static final int ROWS = VectorWidth.BITS;

  /** Longs of a mask of all rows: a vector. */
  static final int LONGS = ROWS / Long.SIZE;

  /** Longs of a line of the caches. */
  static final int LINE = 8;

  /** Rows of which a vector has a byte of each. */
  static final int GROUP = ROWS / Byte.SIZE;

  /** Bits of a byte. */
  static final int PLANES = 8;

  /** Longs of a square: a byte of each row, or 8 planes. */
  static final int SQUARE = PLANES * LONGS;

  /** Trees of a step, at most. */
  static final int TREES = 8;

  /** Longs of the planes of the leaf numbers: a square per tree of a step. */
  private static final int PLANES_SIZE = TREES * SQUARE;

  /** Vectors among which a multiplexer of depth 8 chooses, after the first two levels. */
  private static final int CHOSEN = 32;

  /** Where what multiplexers choose among begins in {@link #words}; the planes are before it. */
  static final int CHOSEN_AT = PLANES_SIZE;

  /** Where what depends on the forest begins in {@link #words}. */
  static final int FOREST_AT = CHOSEN_AT + TREES * CHOSEN * LONGS;

  /** The block: slot f of row r is {@code slots[from + r + f * featureStride]}. */
  float[] slots;

  int from;
  int featureStride;

  /**
   * The rows of the block, filled up to whole groups. Loops over rows leave the rest out; those
   * over masks cannot.
   */
  int rows;

  /** The keys of the slots of one feature, their cells and their ranks. */
  final int[] keys = new int[ROWS];

  final int[] cells = new int[ROWS];
  final int[] ranks = new int[ROWS];

  /** A bit per feature that says whether it is missing, for 32 features at a time. */
  int[] missing = {};

  /**
   * All vectors of longs: planes of leaf numbers, then what multiplexers choose among; squares of
   * ranks, as bytes and then as planes; digits of ranks; masks of tests; which rows reach each node
   * of a tree.
   */
  long[] words = {};

  /** Where the first vector begins, below {@link #LINE}; see {@link LineStart}. */
  int start;

  /** Blocks since there are as many words. */
  int blocks;

  /** Leaf numbers, or parts of the weights of these leaves, for the trees of a step. */
  final int[] numbers = new int[TREES * ROWS];

  /** The sums of the rows, output after output. */
  float[] sums = {};

  /** Slots of a block that lacks rows, or has them one after the other. */
  float[] columns = {};

  /** Sets the block. */
  void block(float[] slots, int rows, int from, int featureStride) {
    this.rows = (rows + GROUP - 1) / GROUP * GROUP;
    this.slots = slots;
    this.from = from;
    this.featureStride = featureStride;
  }

  /** Clears what loops use as indices, so that each can be run without the one before it. */
  void clearIndices() {
    Arrays.fill(cells, 0);
    Arrays.fill(ranks, 0);
    Arrays.fill(numbers, 0);
    Arrays.fill(words, start, start + PLANES_SIZE, 0);
  }

  /** Makes room for longs, wherever they start. */
  void makeRoom(int size) {
    if (words.length < size + LINE) {
      words = new long[size + LINE];
      blocks = 0;
    }
  }

  /** Returns the array, or a larger one. */
  static int[] atLeast(int[] array, int size) {
    return array.length >= size ? array : new int[size];
  }

  static float[] atLeast(float[] array, int size) {
    return array.length >= size ? array : new float[size];
  }
}
