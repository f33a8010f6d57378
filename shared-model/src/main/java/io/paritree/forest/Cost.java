package io.paritree.forest;

import java.util.Optional;

/**
 * What the ways to score a forest cost per row, roughly, in nanoseconds on a CPU of 2023; only
 * their order counts.
 */
final class Cost {
  private static final double STEP_OF_SPECIFICATION = 6;
  private static final double COLUMN_OF_KEYS = 1.5;
  private static final double STEP_OF_KEYS = 1.1;
  private static final double COLUMN_OF_SLICES = 3;
  private static final double TEST_OF_SLICES = 0.008;
  private static final double TREE_OF_SLICES = 0.8;
  private static final double SPLIT_OF_FULL_TREE = 0.009;
  private static final double SPLIT_OF_RAGGED_TREE = 0.05;

  private final int columns;
  private final int tests;
  private double steps;
  private double slicedTrees;

  Cost(Forest forest, Columns columns, Optional<Tests> tests) {
    this.columns = columns.size();
    this.tests = tests.map(Tests::size).orElse(0);
    for (Tree tree : forest.trees) {
      double path = 1.5 * Math.log(tree.leaves()) / Math.log(2) + 1;
      steps += Math.min(tree.depth(), path);
      slicedTrees += TREE_OF_SLICES;
      slicedTrees +=
          SlicesBuilder.isRegular(tree)
              ? SPLIT_OF_FULL_TREE * (1 << tree.depth())
              : SPLIT_OF_RAGGED_TREE * tree.leaves();
    }
  }

  double ofSpecification() {
    return steps * STEP_OF_SPECIFICATION;
  }

  double ofKeyWalk() {
    return columns * COLUMN_OF_KEYS + steps * STEP_OF_KEYS;
  }

  double ofSlices() {
    return columns * COLUMN_OF_SLICES + tests * TEST_OF_SLICES + slicedTrees;
  }
}
