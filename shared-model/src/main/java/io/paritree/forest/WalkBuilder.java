package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lays the trees of a forest out for {@link Walk}. */
final class WalkBuilder {
  private static final int LOW_BITS = 32;

  /** More bits would leave too few for the places of nodes. */
  private static final int MAX_SLOT_BITS = 22;

  private final Forest forest;
  private final Columns columns;
  private final RowKeys keys;
  private final int slotBits;

  private final long[] nodes;
  private float[] vectors = {};
  private int vectorsSize;

  private WalkBuilder(Forest forest, Columns columns, RowKeys keys, int slotBits, int nodes) {
    this.forest = forest;
    this.columns = columns;
    this.keys = keys;
    this.slotBits = slotBits;
    this.nodes = new long[nodes];
  }

  /**
   * Returns the walks of a forest, each of as many trees as the bits of a node can tell places
   * apart; none where a single tree, or the number of columns, is too large for that.
   */
  static List<Walk> build(Forest forest, Columns columns, RowKeys keys) {
    int slotBits = LOW_BITS - Integer.numberOfLeadingZeros(keys.size() - 1);
    if (slotBits > MAX_SLOT_BITS) {
      return List.of();
    }

    int maxNodes = 1 << Math.min(LOW_BITS - 1 - slotBits, 28);
    List<Walk> walks = new ArrayList<>();
    int first = 0;
    while (first < forest.trees.size()) {
      int end = first;
      int count = 0;
      while (end < forest.trees.size()
          && 2L * forest.trees.get(end).leaves() - 1 <= maxNodes - count) {
        count += 2 * forest.trees.get(end).leaves() - 1;
        end++;
      }

      if (end == first) {
        return List.of();
      }

      walks.add(new WalkBuilder(forest, columns, keys, slotBits, count).build(first, end));
      first = end;
    }

    return walks;
  }

  private Walk build(int first, int end) {
    int trees = end - first;
    int padded = (trees + Walk.LANES - 1) / Walk.LANES * Walk.LANES;
    int[] roots = new int[padded];
    int[] depths = new int[padded / Walk.LANES];
    int next = 0;
    for (int tree = 0; tree < trees; tree++) {
      Tree source = forest.trees.get(first + tree);
      roots[tree] = next;
      depths[tree / Walk.LANES] = Math.max(depths[tree / Walk.LANES], source.depth());
      next = lay(first + tree, source, next);
    }

    Arrays.fill(roots, trees, padded, roots[trees - 1]);
    float[] table = vectorsSize == 0 ? null : Arrays.copyOf(vectors, vectorsSize);
    return new Walk(first, trees, nodes, roots, depths, slotBits, table, keys);
  }

  /** Lays one tree out from {@code at} on and returns where the next one begins. */
  private int lay(int index, Tree tree, int at) {
    int[] order = tree.breadthFirst();
    int child = 1;
    for (int place = 0; place < order.length; place++) {
      int node = order[place];
      if (tree.isLeaf(node)) {
        long self = (long) (at + place) << slotBits + 1;
        nodes[at + place] = (long) leafKey(index, tree, node) << LOW_BITS | self;
        continue;
      }

      nodes[at + place] = split(tree, node, at + child);
      child += 2;
    }

    return at + order.length;
  }

  private long split(Tree tree, int node, int leftChild) {
    boolean missingGoesLeft = tree.missingGoesLeft[node];
    int slot;
    int key;
    long mark = 0;
    if (tree.isCategorical(node)) {
      int column = columns.categoricalAt(tree.feature[node]);
      slot = keys.categoricalKey(column, missingGoesLeft);
      key = columns.set(column, tree.categories[node]);
      mark = 1L << slotBits;
    } else {
      slot = RowKeys.numericKey(columns.numericAt(tree.feature[node]), missingGoesLeft);
      key = Key.ofThreshold(tree.value[node]) - 1;
    }

    return (long) key << LOW_BITS | (long) leftChild << slotBits + 1 | mark | slot;
  }

  private int leafKey(int index, Tree tree, int leaf) {
    int outputs = forest.base.length;
    if (tree.leafVectors == null) {
      return Float.floatToRawIntBits(forest.weighted(index, tree.weight(leaf, 0)));
    }

    if (vectors.length < vectorsSize + outputs) {
      vectors = Arrays.copyOf(vectors, Math.max(vectorsSize + outputs, 2 * vectors.length));
    }

    for (int output = 0; output < outputs; output++) {
      vectors[vectorsSize + output] = forest.weighted(index, tree.weight(leaf, output));
    }

    vectorsSize += outputs;
    return vectorsSize - outputs;
  }
}
