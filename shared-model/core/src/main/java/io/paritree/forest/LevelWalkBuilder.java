package io.paritree.forest;

/** Lays trees out for {@link LevelWalk}. */
final class LevelWalkBuilder {
  private static final int MAX_DEPTH = 12;

  /**
   * Filling may make the trees at most this many times larger. A tree with fewer than {@link
   * #SMALL_LEAVES} leaves counts as one with that many, so small trees may be filled more.
   */
  private static final int MAX_FILLING = 3;

  private static final int SMALL_LEAVES = 22;

  private static final int MAX_LEAVES = 1 << 26;

  /** The positions of the bits of more words do not fit into lifted keys. */
  private static final int MAX_WORDS = 1 << 24;

  private final Forest forest;
  private final Columns columns;
  private final long[][] levels;
  private final boolean[] isMixed;
  private final Leaves leaves;

  private LevelWalkBuilder(Forest forest, Columns columns, int first, int end, int depth) {
    this.forest = forest;
    this.columns = columns;
    this.levels = new long[depth][];
    this.isMixed = new boolean[depth];
    this.leaves = new Leaves(forest, first, end, end - first << depth);
    for (int level = 0; level < depth; level++) {
      levels[level] = new long[end - first << level];
    }

    for (int tree = first; tree < end; tree++) {
      lay(tree, 0, 0, tree - first);
    }
  }

  /**
   * Returns the index after the last tree that one walk from {@code first} on should take; {@code
   * first} if it should take none.
   */
  static int end(Forest forest, RowKeys keys, int first) {
    if (keys.bits().length > MAX_WORDS) {
      return first;
    }

    int depth = 0;
    long needed = 0;
    int end = first;
    while (end < forest.trees.size()) {
      Tree tree = forest.trees.get(end);
      depth = Math.max(depth, tree.depth());
      needed += Math.max(SMALL_LEAVES, tree.leaves());
      long filled = (end - first + 1L) << Math.min(depth, MAX_DEPTH + 1);
      boolean sameLeaves =
          (tree.leafVectors == null) == (forest.trees.get(first).leafVectors == null);
      if (!sameLeaves
          || depth > MAX_DEPTH
          || filled > MAX_FILLING * needed
          || filled > MAX_LEAVES) {
        break;
      }

      end++;
    }

    return end;
  }

  /** Lays out the trees from {@code first} to before {@code end}. */
  static LevelWalk build(Forest forest, Columns columns, RowKeys keys, int first, int end) {
    int depth = forest.trees.subList(first, end).stream().mapToInt(Tree::depth).max().orElse(0);
    LevelWalkBuilder builder = new LevelWalkBuilder(forest, columns, first, end, depth);
    return new LevelWalk(builder.levels, builder.isMixed, keys.bits(), builder.leaves);
  }

  /** Lays out the subtree below a node; below an early leaf every step goes left. */
  private void lay(int tree, int node, int level, int place) {
    Tree source = forest.trees.get(tree);
    if (source.isLeaf(node)) {
      leaves.set(place << levels.length - level, tree, node);
      return;
    }

    long key = RowKeys.ofSplit(columns, source, node);
    int mark = source.isCategorical(node) ? LevelWalk.CATEGORICAL : 0;
    int index = RowKeys.index(columns, source, node);
    isMixed[level] |= source.isCategorical(node);
    levels[level][place] = key * LevelWalk.LIFT + (mark | index);
    lay(tree, source.left[node], level + 1, 2 * place);
    lay(tree, source.right[node], level + 1, 2 * place + 1);
  }
}
