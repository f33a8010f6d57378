package io.paritree.forest;

import java.util.Arrays;
import java.util.Optional;

/**
 * The distinct tests of the splits of a forest, numbered.
 *
 * <p>A test is a threshold or a set of categories of a feature, with the side that missing goes to;
 * its result is whether the row goes right. Tests of one feature and side have consecutive numbers,
 * thresholds ascending. Test 0 belongs to no feature and always says left; it fills gaps. Immutable
 * and thread-safe.
 */
final class SplitTests {
  static final int LEFT = 0;

  /** Ranks among thresholds are stored in 16 bits. */
  private static final int MAX_THRESHOLDS = 65_535;

  final Thresholds[] thresholds;
  final CategoryTests[] categories;

  private final Columns columns;
  private int size = 1;

  private SplitTests(Forest forest, Columns columns, int[][] keys) {
    this.columns = columns;
    this.thresholds = new Thresholds[columns.numeric.length];
    this.categories = new CategoryTests[columns.categorical.length];
    boolean[][] numeric = new boolean[thresholds.length][2];
    boolean[][] categorical = new boolean[categories.length][2];
    for (Tree tree : forest.trees) {
      for (int node : tree.splits()) {
        int side = tree.missingGoesLeft[node] ? 0 : 1;
        if (tree.isCategorical(node)) {
          categorical[columns.categoricalAt(tree.feature[node])][side] = true;
        } else {
          numeric[columns.numericAt(tree.feature[node])][side] = true;
        }
      }
    }

    for (int at = 0; at < numeric.length; at++) {
      int left = number(numeric[at][0], keys[at].length);
      int right = number(numeric[at][1], keys[at].length);
      thresholds[at] = new Thresholds(columns.numeric[at], keys[at], left, right);
    }

    for (int at = 0; at < categorical.length; at++) {
      int left = number(categorical[at][0], columns.setsAt(at));
      int right = number(categorical[at][1], columns.setsAt(at));
      categories[at] =
          new CategoryTests(
              columns.categorical[at], columns.sets[at], columns.setsAt(at), left, right);
    }
  }

  private int number(boolean isUsed, int count) {
    if (!isUsed) {
      return -1;
    }

    size += count;
    return size - count;
  }

  /** Returns the tests of a forest; empty if a feature has too many thresholds. */
  static Optional<SplitTests> of(Forest forest, Columns columns) {
    int[] counts = new int[columns.numeric.length];
    int[][] keys = new int[counts.length][16];
    for (Tree tree : forest.trees) {
      for (int node : tree.splits()) {
        if (tree.isCategorical(node)) {
          continue;
        }

        int at = columns.numericAt(tree.feature[node]);
        if (counts[at] == keys[at].length) {
          keys[at] = Arrays.copyOf(keys[at], 2 * counts[at]);
        }

        keys[at][counts[at]++] = Key.ofThreshold(tree.value[node]);
      }
    }

    for (int at = 0; at < keys.length; at++) {
      keys[at] = Arrays.stream(keys[at], 0, counts[at]).sorted().distinct().toArray();
      if (keys[at].length > MAX_THRESHOLDS) {
        return Optional.empty();
      }
    }

    return Optional.of(new SplitTests(forest, columns, keys));
  }

  int size() {
    return size;
  }

  /** Returns the largest number of thresholds of a feature. */
  int maxThresholds() {
    return Arrays.stream(thresholds).mapToInt(Thresholds::size).max().orElse(0);
  }

  /** Returns the test of a split. */
  int of(Tree tree, int node) {
    boolean missingGoesLeft = tree.missingGoesLeft[node];
    if (tree.isCategorical(node)) {
      int at = columns.categoricalAt(tree.feature[node]);
      return categories[at].first(missingGoesLeft) + columns.set(at, tree.categories[node]);
    }

    Thresholds ofFeature = thresholds[columns.numericAt(tree.feature[node])];
    return ofFeature.first(missingGoesLeft) + ofFeature.indexOf(Key.ofThreshold(tree.value[node]));
  }
}
