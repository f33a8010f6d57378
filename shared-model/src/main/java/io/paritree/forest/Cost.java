package io.paritree.forest;

/**
 * What the ways to score a forest cost per row, roughly, in nanoseconds on a CPU of 2023; only
 * their order counts.
 *
 * @param columns features that are looked at
 * @param words words of category sets that are looked at
 * @param tests distinct thresholds and sets of categories
 * @param steps splits that a row meets, in all trees
 * @param slicedTrees cost of the trees in slices
 * @param nodes nodes of all trees
 */
record Cost(int columns, int words, int tests, double steps, double slicedTrees, long nodes) {
  private static final double CALL_OF_SPECIFICATION = 8;
  private static final double STEP_OF_SPECIFICATION = 4.5;
  private static final double CALL_OF_KEY_WALK = 30;
  private static final double COLUMN_OF_KEY_WALK = 2;
  private static final double STEP_OF_KEY_WALK = 1.1;
  private static final double COLUMN_OF_SLICES = 4;
  private static final double WORD_OF_SLICES = 10;
  private static final double TEST_OF_SLICES = 0.01;
  private static final double TREE_OF_SLICES = 0.8;
  private static final double SPLIT_OF_FULL_TREE = 0.009;
  private static final double SPLIT_OF_RAGGED_TREE = 0.05;

  /** More nodes do not stay in a core's own cache from one row to the next. */
  private static final long MAX_CACHED_NODES = 1 << 18;

  static Cost of(Forest forest, Columns columns, int tests) {
    double steps = 0;
    double slicedTrees = 0;
    long nodes = 0;
    for (Tree tree : forest.trees) {
      double path = 1.5 * Math.log(tree.leaves()) / Math.log(2) + 1;
      steps += Math.min(tree.depth(), path);
      nodes += 2L * tree.leaves() - 1;
      slicedTrees += TREE_OF_SLICES;
      slicedTrees +=
          SlicesBuilder.isRegular(tree)
              ? SPLIT_OF_FULL_TREE * (1 << tree.depth())
              : SPLIT_OF_RAGGED_TREE * tree.leaves();
    }

    int words = 0;
    for (CategorySets sets : columns.sets) {
      words += sets.words();
    }

    return new Cost(columns.size(), words, tests, steps, slicedTrees, nodes);
  }

  double ofSpecification() {
    return CALL_OF_SPECIFICATION + steps * STEP_OF_SPECIFICATION;
  }

  double ofKeyWalk() {
    return CALL_OF_KEY_WALK + columns * COLUMN_OF_KEY_WALK + steps * STEP_OF_KEY_WALK;
  }

  /** Returns the cost in a block of 64 rows. */
  double ofSlices() {
    return columns * COLUMN_OF_SLICES
        + words * WORD_OF_SLICES
        + tests * TEST_OF_SLICES
        + slicedTrees;
  }

  /** Returns whether it pays to walk a tree with many rows before the next tree. */
  boolean isLarge() {
    return nodes > MAX_CACHED_NODES;
  }
}
