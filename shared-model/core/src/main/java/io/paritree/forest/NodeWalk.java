package io.paritree.forest;

import java.util.Arrays;

/**
 * Trees of any shape as one array of nodes, walked without a branch that depends on data.
 *
 * <p>Immutable and thread-safe; built by {@link NodeWalkBuilder}.
 */
final class NodeWalk implements Walk {

  /*
   * A node is one long: its key in the upper 32 bits; below it, from the lowest bit, the index of
   * the row's key that it is compared with (indexBits wide), one bit that marks a categorical
   * split, and the place of the left child. The right child directly follows the left one, so a
   * step is
   *
   *   node = left child + (key of the row > key of the node ? 1 : 0)
   *
   * The comparison is the sign of a subtraction in 64 bits; the key of a threshold
   * is therefore stored minus 1. A leaf is its own left child and is compared with key 0, which is
   * below everything, so that it steps to itself; its own key is its number. A categorical split
   * has the number of its set as its key, and the row's key says where the bits of the row's
   * category begin.
   *
   * A step waits for two loads, one after the other. So several paths are walked at the same time,
   * either in up to 32 trees for one row, or in one tree for several rows: one loop takes a step on
   * each path, and it is repeated until all paths are at a leaf.
   */
  private static final int TREES_AT_ONCE = 32;

  private static final double COST_OF_STEP = 1.32;

  private final long[] nodes;
  private final int[] roots;
  private final long[] bits;
  private final int indexBits;
  private final boolean isMixed;
  private final Leaves leaves;

  NodeWalk(long[] nodes, int[] roots, int indexBits, RowKeys keys, Leaves leaves) {
    this.nodes = nodes;
    this.roots = roots;
    this.indexBits = indexBits;
    this.bits = keys.bits();
    this.isMixed = keys.hasCategories();
    this.leaves = leaves;
  }

  @Override
  public Leaves leaves() {
    return leaves;
  }

  @Override
  public boolean isLifted() {
    return false;
  }

  @Override
  public void findLeaves(long[] keys, long[] lifted, int[] found) {
    for (int first = 0; first < roots.length; first += TREES_AT_ONCE) {
      int end = Math.min(roots.length, first + TREES_AT_ONCE);
      System.arraycopy(roots, first, found, first, end - first);
      walk(keys, 0, found, first, end);
    }
  }

  /**
   * Finds the leaf of one tree for several rows.
   *
   * @param keys the keys of row r begin at {@code r * keysPerRow}
   * @param found receives the number of the leaf of each row
   */
  void findLeavesOfTree(int tree, long[] keys, int keysPerRow, int rows, int[] found) {
    Arrays.fill(found, 0, rows, roots[tree]);
    walk(keys, keysPerRow, found, 0, rows);
  }

  /**
   * Walks from several nodes down to leaves, step by step on all paths.
   *
   * @param stride distance between the keys of one path and of the next; 0 if all paths are of one
   *     row
   * @param places the nodes from {@code first} to before {@code end}; receives the numbers of the
   *     leaves
   */
  private void walk(long[] keys, int stride, int[] places, int first, int end) {
    int open;
    do {
      open =
          isMixed
              ? stepMixed(nodes, keys, stride, bits, places, first, end, indexBits)
              : step(nodes, keys, stride, places, first, end, indexBits);
    } while (open != 0);

    for (int at = first; at < end; at++) {
      places[at] = (int) (nodes[places[at]] >> 32);
    }
  }

  /** Takes a step from each place; returns 0 if all were leaves. */
  private static int step(
      long[] nodes, long[] keys, int stride, int[] places, int first, int end, int indexBits) {
    int mask = (1 << indexBits) - 1;
    int open = 0;
    int keysAt = 0;
    for (int at = first; at < end; at++) {
      long node = nodes[places[at]];
      int low = (int) node;
      open |= low;
      long difference = (node >> 32) - keys[keysAt + (low & mask)];
      places[at] = (low >>> indexBits + 1) + (int) (difference >>> 63);
      keysAt += stride;
    }

    return open & mask;
  }

  /**
   * Takes a step from each place; returns 0 if all were leaves. It computes the results of both
   * kinds of split; the one that does not apply is 0. For a categorical split, the row's key is not
   * above 0, so the difference is not negative. For a numeric split, a bit of the first word is
   * read, and this word is 0.
   */
  private static int stepMixed(
      long[] nodes,
      long[] keys,
      int stride,
      long[] bits,
      int[] places,
      int first,
      int end,
      int indexBits) {
    int mask = (1 << indexBits) - 1;
    int open = 0;
    int keysAt = 0;
    for (int at = first; at < end; at++) {
      long node = nodes[places[at]];
      int low = (int) node;
      open |= low;
      long difference = (node >> 32) - keys[keysAt + (low & mask)];
      int categorical = -(low >>> indexBits & 1);
      int categoryRight = (int) (bits[(int) (difference >> 6) & categorical] >>> difference) & 1;
      places[at] = (low >>> indexBits + 1) + categoryRight + (int) (difference >>> 63);
      keysAt += stride;
    }

    return open & mask;
  }

  @Override
  public double costOfSteps() {
    return COST_OF_STEP * leaves.steps();
  }
}
