package io.paritree.forest;

/**
 * Trees of any shape as one array of nodes, walked without a branch that depends on data.
 *
 * <p>Immutable and thread-safe; built by {@link NodeWalkBuilder}.
 */
final class NodeWalk implements Walk {

  /*
   * A node is one long: its key in the upper 32 bits; below it, from the lowest bit, the index of
   * the row's key that it is compared with (indexBits wide), one bit that marks a categorical split,
   * and the place of the left child. The right child comes just behind the left one, so a step is
   *
   *   node = left child + (key of the row > key of the node ? 1 : 0)
   *
   * with the comparison done by subtracting in 64 bits and taking the sign; the key of a threshold
   * is therefore stored less 1. A leaf is its own left child and is compared with key 0, which is
   * below everything, so that it steps to itself; its own key is its number. A categorical split has
   * the number of its set as its key, and the row's key tells where the bits of the row's category
   * begin.
   *
   * A step waits for two loads, one after the other. So some trees at once, or one tree for some
   * rows, take a step each, again and again until all have arrived.
   */
  private static final int TREES_AT_ONCE = 32;

  private static final double COST_OF_STEP = 1.32;

  /** Rows that walk down one tree at once. */
  static final int LANES = 4;

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
      int open;
      do {
        open =
            isMixed
                ? stepMixed(nodes, keys, bits, found, first, end, indexBits)
                : step(nodes, keys, found, first, end, indexBits);
      } while (open != 0);
    }

    for (int tree = 0; tree < roots.length; tree++) {
      found[tree] = (int) (nodes[found[tree]] >> 32);
    }
  }

  /** Takes a step in each tree; returns 0 if all were at leaves. */
  private static int step(
      long[] nodes, long[] keys, int[] places, int first, int end, int indexBits) {
    int mask = (1 << indexBits) - 1;
    int open = 0;
    for (int tree = first; tree < end; tree++) {
      long node = nodes[places[tree]];
      int low = (int) node;
      open |= low;
      places[tree] = (low >>> indexBits + 1) + (int) ((node >> 32) - keys[low & mask] >>> 63);
    }

    return open & mask;
  }

  private static int stepMixed(
      long[] nodes, long[] keys, long[] bits, int[] places, int first, int end, int indexBits) {
    int open = 0;
    for (int tree = first; tree < end; tree++) {
      int place = places[tree];
      open |= (int) nodes[place];
      places[tree] = next(nodes, keys, 0, bits, place, indexBits);
    }

    return open & (1 << indexBits) - 1;
  }

  /**
   * Takes a step of either kind. Both answers are computed, of which one is 0: the key of a
   * category is negative, so the difference is not; and in place of a numeric split's set, bit 0 is
   * looked at.
   */
  private static int next(
      long[] nodes, long[] keys, int keysAt, long[] bits, int place, int indexBits) {
    long node = nodes[place];
    int low = (int) node;
    long difference = (node >> 32) - keys[keysAt + (low & (1 << indexBits) - 1)];
    int categorical = -(low >>> indexBits & 1);
    int categoryRight = (int) (bits[(int) (difference >> 6) & categorical] >>> difference) & 1;
    return (low >>> indexBits + 1) + categoryRight + (int) (difference >>> 63);
  }

  /**
   * Finds the leaf of one tree for several rows.
   *
   * @param keys the keys of row r begin at {@code r * keysPerRow}
   * @param rows number of rows; there are keys for the next multiple of {@link #LANES}
   * @param found receives the number of the leaf of each row, and as many as there are keys for
   */
  void findLeavesOfTree(int tree, long[] keys, int keysPerRow, int rows, int[] found) {
    long[] nodes = this.nodes;
    long[] bits = this.bits;
    int indexBits = this.indexBits;
    int mask = (1 << indexBits) - 1;
    int root = roots[tree];
    for (int row = 0; row < rows; row += LANES) {
      int first = row * keysPerRow;
      int second = first + keysPerRow;
      int third = second + keysPerRow;
      int fourth = third + keysPerRow;
      int a = root;
      int b = root;
      int c = root;
      int d = root;
      long open;
      do {
        for (int step = 0; step < LANES; step++) {
          a = next(nodes, keys, first, bits, a, indexBits);
          b = next(nodes, keys, second, bits, b, indexBits);
          c = next(nodes, keys, third, bits, c, indexBits);
          d = next(nodes, keys, fourth, bits, d, indexBits);
        }

        open = nodes[a] | nodes[b] | nodes[c] | nodes[d];
      } while (((int) open & mask) != 0);

      found[row] = (int) (nodes[a] >> 32);
      found[row + 1] = (int) (nodes[b] >> 32);
      found[row + 2] = (int) (nodes[c] >> 32);
      found[row + 3] = (int) (nodes[d] >> 32);
    }
  }

  @Override
  public double costOfSteps() {
    return COST_OF_STEP * leaves.steps();
  }

  @Override
  public long bytes() {
    return 8L * nodes.length + 4L * roots.length + leaves.bytes();
  }
}
