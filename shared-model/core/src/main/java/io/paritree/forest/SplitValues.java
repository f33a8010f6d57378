package io.paritree.forest;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The values at which a forest's margins can change: the thresholds and the categories of its
 * splits.
 *
 * <p>Thresholds are finite, ascending and distinct; a slot that equals one is on the side of the
 * larger slots. Takes at most four bytes for each split. Immutable and thread-safe.
 */
public final class SplitValues {
  private static final int FIRST_LENGTH = 64;

  private final Forest forest;
  private final float[][] thresholds;

  private SplitValues(Forest forest, float[][] thresholds) {
    this.forest = forest;
    this.thresholds = thresholds;
  }

  /** Reads the splits of a forest, which takes as long as some rows take to score. */
  public static SplitValues of(Forest forest) {
    Floats[] found = new Floats[forest.modelWidth];
    for (Tree tree : forest.trees) {
      for (int node : tree.splits()) {
        if (isThreshold(tree, node)) {
          int slot = tree.feature[node];
          found[slot] = found[slot] == null ? new Floats() : found[slot];
          found[slot].add(tree.value[node]);
        }
      }
    }

    float[][] thresholds = new float[found.length][];
    for (int slot = 0; slot < found.length; slot++) {
      thresholds[slot] = found[slot] == null ? new float[0] : found[slot].distinct();
      found[slot] = null;
    }

    return new SplitValues(forest, thresholds);
  }

  /** Returns whether slots on both sides of a split's threshold can be finite. */
  private static boolean isThreshold(Tree tree, int node) {
    return !tree.isCategorical(node) && Float.isFinite(tree.value[node]);
  }

  /**
   * Returns whether the margins change only at thresholds and categories of a slot. The linear
   * booster's, and those of a row's offset, change with each value.
   */
  public boolean isStepwise(int slot) {
    return forest.linear == null && slot < forest.modelWidth;
  }

  /** Returns a copy of the thresholds of some slots that the trees read, together. */
  public float[] thresholds(int... slots) {
    Floats all = new Floats();
    for (int slot : slots) {
      for (float threshold : thresholds[slot]) {
        all.add(threshold);
      }
    }

    return all.distinct();
  }

  /**
   * Returns the thresholds of some slots that a row can meet if only these slots change: elsewhere
   * its margins stay the same.
   *
   * @param row the other slots of the row, from its first slot on
   */
  public float[] thresholds(float[] row, int... slots) {
    Floats met = new Floats();
    BitSet free = slots(slots);
    int depth = forest.trees.stream().mapToInt(Tree::depth).max().orElse(0);
    int[] open = new int[depth + 1]; // nodes that are still to be seen, at most one of each level
    for (Tree tree : forest.trees) {
      open[0] = 0;
      int count = 1;
      while (count > 0) {
        int node = open[--count];
        while (!tree.isLeaf(node)) {
          int slot = tree.feature[node];
          if (!free.get(slot)) {
            node = tree.goesLeft(node, row[slot]) ? tree.left[node] : tree.right[node];
            continue;
          }

          if (isThreshold(tree, node)) {
            met.add(tree.value[node]);
          }

          open[count++] = tree.right[node];
          node = tree.left[node];
        }
      }
    }

    return met.distinct();
  }

  /** Returns the categories that splits on some slots list, ascending. */
  public int[] categories(int... slots) {
    BitSet wanted = slots(slots);
    BitSet listed = new BitSet();
    for (Tree tree : forest.trees) {
      for (int node : tree.splits()) {
        if (tree.isCategorical(node) && wanted.get(tree.feature[node])) {
          for (int category : tree.categories[node]) {
            listed.set(category);
          }
        }
      }
    }

    return listed.stream().toArray();
  }

  private static BitSet slots(int[] slots) {
    BitSet set = new BitSet();
    for (int slot : slots) {
      set.set(slot);
    }

    return set;
  }

  /** Thresholds as they are found. */
  private static final class Floats {
    private float[] values = new float[FIRST_LENGTH];
    private int length;

    void add(float value) {
      if (length == values.length) {
        length = distinct(values, length);
        if (2 * length > values.length) {
          values = Arrays.copyOf(values, 2 * values.length);
        }
      }

      values[length++] = value + 0f; // -0.0 divides the slots as 0.0 does
    }

    float[] distinct() {
      return Arrays.copyOf(values, distinct(values, length));
    }

    /** Sorts the values and drops repeated ones; returns how many are left. */
    private static int distinct(float[] values, int length) {
      Arrays.sort(values, 0, length);
      int kept = 0;
      for (int at = 0; at < length; at++) {
        if (kept == 0 || values[at] != values[kept - 1]) {
          values[kept++] = values[at];
        }
      }

      return kept;
    }
  }
}
