package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import java.util.Arrays;

/**
 * Working memory of one thread for one row; it grows to the largest group of trees. Edges have
 * places, and the splits of a level lanes, as in {@link Levels}.
 */
final class RowMemory {
  private static final ThreadLocal<RowMemory> OF_THREAD = ThreadLocal.withInitial(RowMemory::new);

  int[] ranks = {};

  /**
   * Per edge the bits of 1f if the row follows it and all edges of its feature above, otherwise 0.
   */
  int[] follows = {};

  /** Per edge what it, or its split, adds to the contribution of its feature. */
  float[] shares = {};

  private float[] splits = {};
  private float[][] steps = {};
  private float[][] before = {};
  private float[][] ofSplits = {};
  private float[][] ofEdges = {};

  private RowMemory() {}

  static RowMemory ofThread(int columns) {
    RowMemory memory = OF_THREAD.get();
    memory.ranks = memory.ranks.length < columns ? new int[columns] : memory.ranks;
    return memory;
  }

  /** Grows to a group of trees. */
  void growTo(Levels levels) {
    int edges = levels.edges();
    if (follows.length <= edges) {
      follows = new int[edges + 1];
      shares = new float[edges + 1];
    }

    follows[edges] = Float.floatToRawIntBits(1f);
    int count = levels.count();
    steps = steps.length < 2 * count ? Arrays.copyOf(steps, 2 * count) : steps;
    before = before.length < count ? Arrays.copyOf(before, count) : before;
    ofSplits =
        ofSplits.length < POINTS * count ? Arrays.copyOf(ofSplits, POINTS * count) : ofSplits;
    ofEdges =
        ofEdges.length < 2 * POINTS * count ? Arrays.copyOf(ofEdges, 2 * POINTS * count) : ofEdges;
    for (int level = 0; level < count; level++) {
      int size = levels.splits(level);
      splits = splits.length < size ? new float[size] : splits;
      grow(steps, 2 * level, 2, size);
      grow(before, level, 1, size);
      grow(ofSplits, POINTS * level, POINTS, size);
      grow(ofEdges, 2 * POINTS * level, 2 * POINTS, size);
    }
  }

  /** All arrays of a level have the same length. */
  private static void grow(float[][] lanes, int from, int count, int size) {
    if (lanes[from] == null || lanes[from].length < size) {
      for (int at = from; at < from + count; at++) {
        lanes[at] = new float[size];
      }
    }
  }

  /** Values of the splits of a level. */
  float[] splits() {
    return splits;
  }

  /**
   * Of a level per split, of its edge on one side first whether the row follows it, 1 or 0; then e,
   * on the left.
   */
  float[] steps(int level, int side) {
    return steps[2 * level + side];
  }

  /** Per repeated split of a level u of the last edge above that tests its feature. */
  float[] before(int level) {
    return before[level];
  }

  /** Per split of a level first c, then g. */
  float[] splits(int level, int point) {
    return ofSplits[POINTS * level + point];
  }

  /** Of a level per split, of its edge on one side first c, then g. */
  float[] edges(int level, int side, int point) {
    return ofEdges[(2 * level + side) * POINTS + point];
  }
}
