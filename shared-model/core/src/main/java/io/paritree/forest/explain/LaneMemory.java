package io.paritree.forest.explain;

import java.util.Arrays;

/** Working memory of one thread for a block of rows, with a lane per row. */
final class LaneMemory {
  /** Fewer rows are explained one by one. */
  static final int MIN_ROWS = 24;

  /** The most rows of a block: more would not fit into a core's first caches. */
  static final int MAX_ROWS = 256;

  /** Trees are walked by recursion in blocks, so deeper ones are explained row by row. */
  static final int MAX_DEPTH = 256;

  private static final ThreadLocal<LaneMemory> OF_THREAD = ThreadLocal.withInitial(LaneMemory::new);
  private static final float[] ONES = new float[MAX_ROWS];

  static {
    Arrays.fill(ONES, 1f);
  }

  private float[][] ranks = {};
  private float[][] goesLeft = {};
  private float[][] follows = {};
  private float[][] alphas = {};
  private float[][] path = {};
  private float[][] sum = {};
  private float[][] phi = {};
  private float[][] ofTree = {};
  private final float[] share = new float[MAX_ROWS];
  private final float[] leaf = new float[MAX_ROWS];

  private float[] slots;
  private int from;
  private int rowStride;
  private int featureStride;
  private int rows;

  private LaneMemory() {}

  /**
   * Returns the thread's block, for trees of up to a depth.
   *
   * @param columns of {@link Ranks}
   * @param width number of features that the model reads
   */
  static LaneMemory ofThread(int columns, int depth, int width) {
    LaneMemory block = OF_THREAD.get();
    int levels = depth + 2;
    block.ranks = grown(block.ranks, columns);
    block.goesLeft = grown(block.goesLeft, levels);
    block.follows = grown(block.follows, levels);
    block.alphas = grown(block.alphas, levels);
    block.path = grown(block.path, levels * Quadrature.POINTS);
    block.sum = grown(block.sum, levels * Quadrature.POINTS);
    block.phi = grown(block.phi, width);
    block.ofTree = grown(block.ofTree, width);
    return block;
  }

  /** Lanes are made when they are used first. */
  private static float[][] grown(float[][] lanes, int size) {
    return lanes.length < size ? Arrays.copyOf(lanes, size) : lanes;
  }

  private static float[] lanes(float[][] of, int index) {
    float[] lanes = of[index];
    return lanes == null ? of[index] = new float[MAX_ROWS] : lanes;
  }

  /** Sets the rows: slot f of row r is {@code slots[from + r * rowStride + f * featureStride]}. */
  void set(float[] slots, int from, int rowStride, int featureStride, int rows) {
    this.slots = slots;
    this.from = from;
    this.rowStride = rowStride;
    this.featureStride = featureStride;
    this.rows = rows;
  }

  /** Forgets the caller's array. */
  void clear() {
    slots = null;
  }

  int rows() {
    return rows;
  }

  float slot(int feature, int row) {
    return slots[from + row * rowStride + feature * featureStride];
  }

  float[] ranks(int column) {
    return lanes(ranks, column);
  }

  /**
   * Writes which rows go left at a split: 1 or 0.
   *
   * @param column of its ranks
   * @param place of its threshold
   * @param categories instead of a threshold, or null
   */
  void decide(float[] to, int column, int place, Ranks.CategorySet categories) {
    float[] of = ranks(column);
    if (categories == null) {
      Lanes.atOrBelow(to, of, place, rows);
      return;
    }

    for (int row = 0; row < rows; row++) {
      to[row] = categories.goesLeft((int) of[row]);
    }
  }

  /** Per level whether a row goes left, and follows the feature's edges above: 1 or 0. */
  float[] goesLeft(int level) {
    return lanes(goesLeft, level);
  }

  /**
   * Per level whether a row follows the edge above it and the edges above of the same feature: 1 or
   * 0.
   */
  float[] follows(int level) {
    return lanes(follows, level);
  }

  /** Per level a, as in {@link ExactTree}. */
  float[] alphas(int level) {
    return lanes(alphas, level);
  }

  /** Per level e, as in {@link FastLanes}. */
  float[] steps(int level) {
    return lanes(alphas, level);
  }

  /** The weight of a leaf, in each lane. */
  float[] leaf() {
    return leaf;
  }

  float[] ones() {
    return ONES;
  }

  /** Per level and point: c. */
  float[] path(int level, int point) {
    return lanes(path, level * Quadrature.POINTS + point);
  }

  /** Per place and point: h. */
  float[] sum(int place, int point) {
    return lanes(sum, place * Quadrature.POINTS + point);
  }

  float[] phi(int feature) {
    return lanes(phi, feature);
  }

  /** Per feature its contribution in one tree; all zero between two trees. */
  float[] ofTree(int feature) {
    return lanes(ofTree, feature);
  }

  /** What one edge adds to a contribution. */
  float[] share() {
    return share;
  }

  /**
   * Copies the contributions of one output.
   *
   * @param to receives the contributions of row r from {@code first + r * stride} on
   */
  void copy(float[] to, int first, int stride, int width) {
    for (int feature = 0; feature < width; feature++) {
      float[] lanes = phi(feature);
      for (int row = 0; row < rows; row++) {
        to[first + row * stride + feature] = lanes[row];
      }
    }
  }
}
