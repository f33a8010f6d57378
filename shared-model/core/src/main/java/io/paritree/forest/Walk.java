package io.paritree.forest;

/**
 * Some consecutive trees of a forest, laid out for single rows.
 *
 * <p>Immutable and thread-safe; the arrays of keys and of found leaves are the caller's.
 */
interface Walk {

  /** Returns the leaves of these trees. */
  Leaves leaves();

  /**
   * Finds the leaf of each tree for one row.
   *
   * @param keys the keys of the row as {@link RowKeys} makes them, from index 0 on
   * @param lifted the same keys, each times {@link LevelWalk#LIFT}, in an array whose length is a
   *     power of 2
   * @param found receives the number of the leaf of each tree
   */
  void findLeaves(long[] keys, long[] lifted, int[] found);

  /** Returns whether {@link #findLeaves} reads the lifted keys rather than the others. */
  boolean isLifted();

  /** Returns the cost of the steps of one row, in the nanoseconds of {@link Cost}. */
  double costOfSteps();
}
