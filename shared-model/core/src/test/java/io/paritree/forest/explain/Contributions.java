package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;

/** Asserts what contributions must have in common. */
public final class Contributions {
  private static final double TOLERANCE = 1e-5;

  private Contributions() {}

  /**
   * Asserts that contributions differ by no more than the tolerance of the fast mode, and that a
   * feature in no split has exactly 0.
   */
  public static void assertClose(String what, Forest forest, float[] actual, float[] expected) {
    int columns = forest.modelWidth() + 1;
    boolean[] used = used(forest);
    for (int from = 0; from < expected.length; from += columns) {
      double sum = 0;
      for (int at = from; at < from + columns; at++) {
        sum += Math.abs(expected[at]);
      }

      for (int at = from; at < from + columns; at++) {
        boolean isUsed = used[at - from];
        double allowed = isUsed ? TOLERANCE * Math.max(1, sum) : 0;
        boolean isUndefined = Double.isNaN(sum) && isUsed;
        boolean isEqual = actual[at] == expected[at];
        if (!isUndefined
            && !isEqual
            && !(Math.abs((double) actual[at] - expected[at]) <= allowed)) {
          throw new AssertionError(
              "%s: contribution %s of %s is %s, expected %s, with a sum of %s"
                  .formatted(what, at - from, from / columns, actual[at], expected[at], sum));
        }
      }
    }
  }

  /** Returns which features are in a split; the base counts as one. */
  private static boolean[] used(Forest forest) {
    boolean[] used = new boolean[forest.modelWidth() + 1];
    Arrays.fill(used, forest.isLinear());
    used[forest.modelWidth()] = true;
    for (int index = 0; index < forest.trees(); index++) {
      int tree = index;
      markSplits(forest, tree, 0, used);
    }

    return used;
  }

  private static void markSplits(Forest forest, int tree, int node, boolean[] used) {
    if (!forest.tree(tree).isLeaf(node)) {
      used[forest.tree(tree).feature(node)] = true;
      markSplits(forest, tree, forest.tree(tree).left(node), used);
      markSplits(forest, tree, forest.tree(tree).right(node), used);
    }
  }
}
