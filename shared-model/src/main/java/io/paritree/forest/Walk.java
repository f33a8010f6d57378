package io.paritree.forest;

/**
 * The trees as one array of nodes, walked without a branch that depends on data.
 *
 * <p>Immutable and thread-safe; built by {@link WalkBuilder}. Keys, found leaves and sums are the
 * caller's.
 */
final class Walk {

  /*
   * A node is one long: its key in the upper 32 bits; below it, from the lowest bit, the index of
   * the row's key that it is compared with (slotBits wide), one bit that marks a categorical split,
   * and the place of the left child. The right child comes just behind the left one, so a step is
   *
   *   node = left child + (key of the row > key of the node ? 1 : 0)
   *
   * with the comparison done by subtracting in 64 bits and taking the sign; the key of a threshold
   * is therefore stored less 1. A leaf is its own left child and is compared with key 0, which is
   * below everything, so that it steps to itself: all trees can take as many steps as the deepest.
   * Its own key is its weight, as the bits of a float, or the place of its weights in an array. A
   * categorical split has the number of its set as its key, and the row's key tells where the bits
   * of the row's category begin.
   *
   * A step waits for two loads, one after the other, so four trees, or one tree for four rows, are
   * walked at once.
   */
  static final int LANES = 4;

  /**
   * Up to this depth the steps are counted; in deeper trees it pays to look whether all arrived.
   */
  static final int MAX_COUNTED = 8;

  private final int first;
  private final int trees;
  private final long[] nodes;
  private final int[] roots;
  private final int[] depths;
  private final long[] bits;
  private final int slotBits;
  private final boolean isMixed;
  private final float[] vectors;

  Walk(
      int first,
      int trees,
      long[] nodes,
      int[] roots,
      int[] depths,
      int slotBits,
      float[] vectors,
      RowKeys keys) {
    this.first = first;
    this.trees = trees;
    this.nodes = nodes;
    this.roots = roots;
    this.depths = depths;
    this.slotBits = slotBits;
    this.vectors = vectors;
    this.bits = keys.bits();
    this.isMixed = keys.hasCategories();
  }

  /** Returns the place of the first tree in the forest. */
  int first() {
    return first;
  }

  /** Returns the number of trees. */
  int trees() {
    return trees;
  }

  /**
   * Returns the number of leaves that {@link #findLeaves} writes, the last ones without meaning.
   */
  int found() {
    return roots.length;
  }

  /**
   * Finds the leaf of each tree for one row.
   *
   * @param keys the keys of the row, from 0 on
   * @param found receives one node per tree
   */
  void findLeaves(long[] keys, int[] found) {
    if (isMixed) {
      findMixed(keys, found);
    } else {
      findNumeric(keys, found);
    }
  }

  private void findNumeric(long[] keys, int[] found) {
    long[] nodes = this.nodes;
    int shift = slotBits + 1;
    int mask = (1 << slotBits) - 1;
    for (int tree = 0; tree < trees; tree += LANES) {
      int a = roots[tree];
      int b = roots[tree + 1];
      int c = roots[tree + 2];
      int d = roots[tree + 3];
      int depth = depths[tree / LANES];
      if (depth <= MAX_COUNTED) {
        for (int step = 0; step < depth; step++) {
          a = next(nodes, keys, a, shift, mask);
          b = next(nodes, keys, b, shift, mask);
          c = next(nodes, keys, c, shift, mask);
          d = next(nodes, keys, d, shift, mask);
        }
      } else {
        long open;
        do {
          for (int step = 0; step < LANES; step++) {
            a = next(nodes, keys, a, shift, mask);
            b = next(nodes, keys, b, shift, mask);
            c = next(nodes, keys, c, shift, mask);
            d = next(nodes, keys, d, shift, mask);
          }

          open = nodes[a] | nodes[b] | nodes[c] | nodes[d];
        } while (((int) open & mask) != 0);
      }

      found[tree] = a;
      found[tree + 1] = b;
      found[tree + 2] = c;
      found[tree + 3] = d;
    }
  }

  /**
   * Returns a sum with the leaves of all trees added, in the order of the trees, for one row.
   *
   * @param keys the keys of the row, from 0 on
   * @param found working memory, one per tree
   */
  float addLeaves(long[] keys, int[] found, float base) {
    if (isMixed) {
      findMixed(keys, found);
      return sum(found, base);
    }

    long[] nodes = this.nodes;
    int shift = slotBits + 1;
    int mask = (1 << slotBits) - 1;
    float sum = base;
    int whole = trees - trees % LANES;
    for (int tree = 0; tree < whole; tree += LANES) {
      int a = roots[tree];
      int b = roots[tree + 1];
      int c = roots[tree + 2];
      int d = roots[tree + 3];
      int depth = depths[tree / LANES];
      if (depth <= MAX_COUNTED) {
        for (int step = 0; step < depth; step++) {
          a = next(nodes, keys, a, shift, mask);
          b = next(nodes, keys, b, shift, mask);
          c = next(nodes, keys, c, shift, mask);
          d = next(nodes, keys, d, shift, mask);
        }
      } else {
        long open;
        do {
          for (int step = 0; step < LANES; step++) {
            a = next(nodes, keys, a, shift, mask);
            b = next(nodes, keys, b, shift, mask);
            c = next(nodes, keys, c, shift, mask);
            d = next(nodes, keys, d, shift, mask);
          }

          open = nodes[a] | nodes[b] | nodes[c] | nodes[d];
        } while (((int) open & mask) != 0);
      }

      sum += weight(a);
      sum += weight(b);
      sum += weight(c);
      sum += weight(d);
    }

    for (int tree = whole; tree < trees; tree++) {
      int node = roots[tree];
      while (((int) nodes[node] & mask) != 0) {
        node = next(nodes, keys, node, shift, mask);
      }

      sum += weight(node);
    }

    return sum;
  }

  private static int next(long[] nodes, long[] keys, int node, int shift, int mask) {
    long word = nodes[node];
    int low = (int) word;
    return (low >>> shift) + (int) ((word >> 32) - keys[low & mask] >>> 63);
  }

  private void findMixed(long[] keys, int[] found) {
    long[] nodes = this.nodes;
    long[] bits = this.bits;
    int shift = slotBits + 1;
    int mask = (1 << slotBits) - 1;
    for (int tree = 0; tree < trees; tree += LANES) {
      int a = roots[tree];
      int b = roots[tree + 1];
      int c = roots[tree + 2];
      int d = roots[tree + 3];
      int depth = depths[tree / LANES];
      if (depth <= MAX_COUNTED) {
        for (int step = 0; step < depth; step++) {
          a = nextMixed(nodes, keys, 0, bits, a, shift, mask);
          b = nextMixed(nodes, keys, 0, bits, b, shift, mask);
          c = nextMixed(nodes, keys, 0, bits, c, shift, mask);
          d = nextMixed(nodes, keys, 0, bits, d, shift, mask);
        }
      } else {
        long open;
        do {
          for (int step = 0; step < LANES; step++) {
            a = nextMixed(nodes, keys, 0, bits, a, shift, mask);
            b = nextMixed(nodes, keys, 0, bits, b, shift, mask);
            c = nextMixed(nodes, keys, 0, bits, c, shift, mask);
            d = nextMixed(nodes, keys, 0, bits, d, shift, mask);
          }

          open = nodes[a] | nodes[b] | nodes[c] | nodes[d];
        } while (((int) open & mask) != 0);
      }

      found[tree] = a;
      found[tree + 1] = b;
      found[tree + 2] = c;
      found[tree + 3] = d;
    }
  }

  /** Takes a step of either kind: both answers are computed, the mark of the node chooses. */
  private static int nextMixed(
      long[] nodes, long[] keys, int keysAt, long[] bits, int node, int shift, int mask) {
    long word = nodes[node];
    int low = (int) word;
    long nodeKey = word >> 32;
    long rowKey = keys[keysAt + (low & mask)];
    int categorical = -(low >>> shift - 1 & 1);
    int numericRight = (int) (nodeKey - rowKey >>> 63);
    int categoryRight = (int) (bits[(int) (rowKey + (nodeKey >> 6)) & categorical] >>> nodeKey) & 1;
    int right = numericRight ^ ((numericRight ^ categoryRight) & categorical);
    return (low >>> shift) + right;
  }

  /**
   * Finds the leaf of one tree for several rows.
   *
   * @param keys the keys of row r begin at {@code r * keysPerRow}
   * @param rows number of rows; there are keys for the next multiple of {@link #LANES}
   * @param found receives one node per row, and as many as there are keys for
   */
  void findLeavesOfTree(int tree, long[] keys, int keysPerRow, int rows, int[] found) {
    long[] nodes = this.nodes;
    long[] bits = this.bits;
    int shift = slotBits + 1;
    int mask = (1 << slotBits) - 1;
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
          a = nextMixed(nodes, keys, first, bits, a, shift, mask);
          b = nextMixed(nodes, keys, second, bits, b, shift, mask);
          c = nextMixed(nodes, keys, third, bits, c, shift, mask);
          d = nextMixed(nodes, keys, fourth, bits, d, shift, mask);
        }

        open = nodes[a] | nodes[b] | nodes[c] | nodes[d];
      } while (((int) open & mask) != 0);

      found[row] = a;
      found[row + 1] = b;
      found[row + 2] = c;
      found[row + 3] = d;
    }
  }

  /** Returns a sum with the weights of the leaves added, in the order of the trees. */
  float sum(int[] found, float base) {
    float sum = base;
    for (int tree = 0; tree < trees; tree++) {
      sum += weight(found[tree]);
    }

    return sum;
  }

  /** Returns the weight of a leaf that has one. */
  float weight(int leaf) {
    return Float.intBitsToFloat((int) (nodes[leaf] >> 32));
  }

  /** Returns the weight that a leaf of several has for an output. */
  float weight(int leaf, int output) {
    return vectors[(int) (nodes[leaf] >> 32) + output];
  }

  /** Returns the bytes that this takes. */
  long bytes() {
    return 8L * nodes.length
        + 8L * bits.length
        + 4L * (roots.length + depths.length)
        + (vectors == null ? 0 : 4L * vectors.length);
  }
}
