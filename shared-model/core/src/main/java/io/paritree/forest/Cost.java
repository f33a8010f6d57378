package io.paritree.forest;

/**
 * Estimates what each way to score a forest costs per row, in nanoseconds on a CPU of 2023.
 *
 * <p>An estimate is a sum over the work that the way does. The constants are fitted to measurements
 * of about 230 forests; for nine in ten of them, the estimate is within a fifth of the measurement.
 * Only the order of the estimates matters.
 */
record Cost(Forest forest, Columns columns) {
  private static final double SPECIFICATION = 8.7;
  private static final double STEP_OF_SPECIFICATION = 3;
  private static final double KEY_WALK = 25;
  private static final double NUMERIC_KEY = 1.5;
  private static final double CATEGORICAL_KEY = 2.7;
  private static final double MIXED = 2.1;
  private static final double SLICES_OF_NUMERIC = 5.4;
  private static final double SLICES_OF_CATEGORICAL = 7.7;
  private static final double SLICES_OF_WORD = 2;
  private static final double SLICES_OF_TEST = 0.0128;
  private static final double SLICES_OF_SET = 0.0436;
  private static final double SLICES_OF_TREE = 0.62;
  private static final double SLICES_OF_FULL_LEAF = 0.0106;
  private static final double SLICES_OF_RAGGED_LEAF = 0.0303;

  /** More nodes than this do not stay in a core's own cache from one row to the next. */
  private static final long MAX_CACHED_NODES = 1 << 20;

  /**
   * Returns roughly how many splits a row meets in a tree: somewhat more than in a balanced tree
   * with the same number of leaves.
   */
  static double steps(Tree tree) {
    return Math.min(tree.depth(), 1.5 * Math.log(tree.leaves()) / Math.log(2) + 1);
  }

  double ofSpecification() {
    double steps = forest.trees.stream().mapToDouble(Cost::steps).sum();
    return SPECIFICATION + steps * STEP_OF_SPECIFICATION;
  }

  double of(KeyWalks walks) {
    double ofStep = columns.categorical.length == 0 ? 1 : MIXED;
    return KEY_WALK
        + NUMERIC_KEY * columns.numeric.length
        + CATEGORICAL_KEY * columns.categorical.length
        + ofStep * walks.costOfSteps();
  }

  /** Returns the cost per row in a block of 64 rows. */
  double ofSlices(SplitTests tests) {
    int sets = 0;
    int words = 0;
    for (int at = 0; at < columns.categorical.length; at++) {
      sets += columns.setsAt(at);
      words += columns.sets[at].words();
    }

    long fullLeaves = 0;
    long raggedLeaves = 0;
    for (Tree tree : forest.trees) {
      if (SlicesBuilder.isRegular(tree)) {
        fullLeaves += 1L << tree.depth();
      } else {
        raggedLeaves += tree.leaves();
      }
    }

    return SLICES_OF_NUMERIC * columns.numeric.length
        + SLICES_OF_CATEGORICAL * columns.categorical.length
        + SLICES_OF_WORD * words
        + SLICES_OF_TEST * tests.size()
        + SLICES_OF_SET * sets
        + SLICES_OF_TREE * forest.trees.size()
        + SLICES_OF_FULL_LEAF * fullLeaves
        + SLICES_OF_RAGGED_LEAF * raggedLeaves;
  }

  /** Returns whether walking a tree with many rows before the next tree is faster. */
  boolean isLarge() {
    return forest.trees.stream().mapToLong(tree -> 2L * tree.leaves() - 1).sum() > MAX_CACHED_NODES;
  }
}
