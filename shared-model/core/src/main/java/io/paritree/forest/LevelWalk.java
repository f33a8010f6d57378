package io.paritree.forest;

/**
 * Trees of few levels, filled up to full trees of the same depth and laid out level by level.
 *
 * <p>Immutable and thread-safe; built by {@link LevelWalkBuilder}.
 */
final class LevelWalk implements Walk {

  /*
   * Level d of all trees is one array: node p of tree t is at (t << d) + p. So the children of the
   * node at place a are at 2a and 2a + 1 of the next level, in every tree, and a step is
   *
   *   place = 2 place + (key of the row > key of the node ? 1 : 0)
   *
   * One loop per level takes this step for all trees. The trees do not wait for each other, and the
   * loop is so short that its loads are its cost. After the last level, the place is the
   * number of a leaf.
   *
   * A node is one long: the key of its threshold minus 1, times LIFT, and in the bits below that
   * the index of the row's key. The row's key is multiplied by LIFT, too. So the sign of their
   * difference is the result of the comparison: the index is less than one unit of a lifted key,
   * and 32 bits of key and 30 of LIFT leave room for the difference. A node that only fills up a
   * tree has the key 0 and is compared with key 0 of the row, which is 0 when lifted, so the step
   * goes left. A categorical split has a mark, and the number of its set as its key; the row's key
   * says where the bits of the row's category begin.
   */
  static final int LIFT_BITS = 30;

  private static final double COST_OF_LEVEL = 1.2;
  private static final double COST_OF_STEP = 0.82;
  private static final double COST_OF_LEAF = 1;

  /** The factor by which the keys of a row are multiplied. */
  static final long LIFT = 1L << LIFT_BITS;

  /** Marks a categorical split; the index of the row's key is below it. */
  static final int CATEGORICAL = 1 << LIFT_BITS - 1;

  private final int trees;
  private final long[][] levels;
  private final boolean[] isMixed;
  private final long[] bits;
  private final Leaves leaves;

  /**
   * Keeps the arrays.
   *
   * @param levels the nodes of each level
   * @param isMixed for each level, whether it has a categorical split
   * @param bits the rows of bits of {@link RowKeys}
   */
  LevelWalk(long[][] levels, boolean[] isMixed, long[] bits, Leaves leaves) {
    this.trees = leaves.trees();
    this.levels = levels;
    this.isMixed = isMixed;
    this.bits = bits;
    this.leaves = leaves;
  }

  @Override
  public Leaves leaves() {
    return leaves;
  }

  @Override
  public boolean isLifted() {
    return true;
  }

  @Override
  public void findLeaves(long[] keys, long[] lifted, int[] found) {
    for (int tree = 0; tree < trees; tree++) {
      found[tree] = tree;
    }

    for (int level = 0; level < levels.length; level++) {
      if (isMixed[level]) {
        stepMixed(levels[level], lifted, bits, found, trees);
      } else {
        step(levels[level], lifted, found, trees);
      }
    }
  }

  /**
   * Takes one step in each tree. The mask saves the compiled code a bounds check: a masked index is
   * always inside the array.
   */
  private static void step(long[] nodes, long[] keys, int[] places, int trees) {
    int mask = keys.length - 1;
    if (mask < 0) {
      throw new IllegalArgumentException("no keys");
    }

    for (int tree = 0; tree < trees; tree++) {
      int place = places[tree];
      long node = nodes[place];
      places[tree] = 2 * place + (int) (node - keys[(int) node & mask] >>> 63);
    }
  }

  /**
   * Takes one step in each tree. It computes the results of both kinds of split; the one that does
   * not apply is 0. For a categorical split, the row's key is not above 0, so the difference is not
   * negative. For a numeric split, a bit of the first word is read, and this word is 0.
   */
  private static void stepMixed(long[] nodes, long[] keys, long[] bits, int[] places, int trees) {
    int mask = keys.length - 1;
    if (mask < 0) {
      throw new IllegalArgumentException("no keys");
    }

    for (int tree = 0; tree < trees; tree++) {
      int place = places[tree];
      long node = nodes[place];
      long difference = node - keys[(int) node & mask];
      int categorical = (int) node << 32 - LIFT_BITS >> 31;
      int bit = (int) (difference >> LIFT_BITS);
      int categoryRight = (int) (bits[bit >> 6 & categorical] >>> bit) & 1;
      places[tree] = 2 * place + categoryRight + (int) (difference >>> 63);
    }
  }

  @Override
  public double costOfSteps() {
    return levels.length * (COST_OF_LEVEL + COST_OF_STEP * trees) + COST_OF_LEAF * trees;
  }
}
