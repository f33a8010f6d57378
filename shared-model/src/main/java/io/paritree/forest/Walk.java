package io.paritree.forest;

/**
 * Some trees of a forest that stand one after the other, laid out for single rows.
 *
 * <p>Immutable and thread-safe; keys and found leaves are the caller's.
 */
interface Walk {

  /** Returns the leaves of these trees. */
  Leaves leaves();

  /**
   * Finds the leaf of each tree for one row.
   *
   * @param keys the keys of the row as {@link RowKeys} makes them, from 0 on; the length of the
   *     array is a power of 2
   * @param lifted the same keys, each times {@link LevelWalk#LIFT}, in an array of the same length
   * @param found receives the number of the leaf of each tree
   */
  void findLeaves(long[] keys, long[] lifted, int[] found);

  /** Returns whether {@link #findLeaves} looks at the lifted keys rather than at the others. */
  boolean isLifted();

  /** Returns the bytes that this takes. */
  long bytes();
}
