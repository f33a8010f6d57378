package io.paritree.forest;

import java.util.List;
import java.util.function.IntPredicate;

/** Lays trees out for {@link NodeWalk}. */
final class NodeWalkBuilder {
  private static final int LOW_BITS = 32;

  /** More bits for the index would leave too few for the places of nodes. */
  private static final int MAX_INDEX_BITS = 22;

  private final Forest forest;
  private final Columns columns;
  private final int indexBits;
  private final long[] nodes;
  private final Leaves leaves;
  private int nextLeaf;

  private NodeWalkBuilder(Forest forest, Columns columns, int indexBits, int nodes, Leaves leaves) {
    this.forest = forest;
    this.columns = columns;
    this.indexBits = indexBits;
    this.nodes = new long[nodes];
    this.leaves = leaves;
  }

  private static int indexBits(RowKeys keys) {
    return LOW_BITS - Integer.numberOfLeadingZeros(keys.size() - 1);
  }

  private static int nodes(Tree tree) {
    return 2 * tree.leaves() - 1;
  }

  /**
   * Returns the index after the last tree that fits into one walk from {@code first} on. The bits
   * of a node limit the number of places of a walk. The result is {@code first} if the first tree
   * is too large for that, or if a row has too many keys.
   *
   * @param isEnd says whether the walk should end before a tree; it is asked for each tree except
   *     the first, in order
   */
  static int end(Forest forest, RowKeys keys, int first, IntPredicate isEnd) {
    int indexBits = indexBits(keys);
    if (indexBits > MAX_INDEX_BITS) {
      return first;
    }

    int maxNodes = 1 << Math.min(LOW_BITS - 1 - indexBits, 28);
    boolean hasVectors = forest.trees.get(first).leafVectors != null;
    int count = 0;
    int end = first;
    while (end < forest.trees.size()
        && (forest.trees.get(end).leafVectors != null) == hasVectors
        && nodes(forest.trees.get(end)) <= maxNodes - count
        && (end == first || !isEnd.test(end))) {
      count += nodes(forest.trees.get(end));
      end++;
    }

    return end;
  }

  /** Lays out the trees from {@code first} to before {@code end}. */
  static NodeWalk build(Forest forest, Columns columns, RowKeys keys, int first, int end) {
    List<Tree> trees = forest.trees.subList(first, end);
    int count = trees.stream().mapToInt(NodeWalkBuilder::nodes).sum();
    int leafCount = trees.stream().mapToInt(Tree::leaves).sum();
    Leaves leaves = new Leaves(forest, first, end, leafCount);
    NodeWalkBuilder builder = new NodeWalkBuilder(forest, columns, indexBits(keys), count, leaves);
    int[] roots = new int[end - first];
    int next = 0;
    for (int tree = first; tree < end; tree++) {
      roots[tree - first] = next;
      next = builder.lay(tree, next);
    }

    return new NodeWalk(builder.nodes, roots, builder.indexBits, keys, leaves);
  }

  /** Lays one tree out from {@code at} on and returns where the next one begins. */
  private int lay(int index, int at) {
    Tree tree = forest.trees.get(index);
    int[] order = tree.breadthFirst();
    int child = 1;
    for (int place = 0; place < order.length; place++) {
      int node = order[place];
      if (tree.isLeaf(node)) {
        long self = (long) (at + place) << indexBits + 1;
        nodes[at + place] = (long) nextLeaf << LOW_BITS | self;
        leaves.set(nextLeaf, index, node);
        nextLeaf++;
        continue;
      }

      nodes[at + place] = split(tree, node, at + child);
      child += 2;
    }

    return at + order.length;
  }

  private long split(Tree tree, int node, int leftChild) {
    long key = RowKeys.ofSplit(columns, tree, node);
    long mark = tree.isCategorical(node) ? 1L << indexBits : 0;
    int index = RowKeys.index(columns, tree, node);
    return key << LOW_BITS | (long) leftChild << indexBits + 1 | mark | index;
  }
}
