package io.paritree.forest;

import java.util.Arrays;

/** Lays the trees of a forest out for {@link Walk}. */
final class WalkBuilder {
  private static final int LOW_BITS = 32;

  private final Forest forest;
  private final Columns columns;
  private final RowKeys keys;
  private final int slotBits;

  private final long[] nodes;
  private float[] vectors = {};
  private int vectorsSize;

  private WalkBuilder(Forest forest, Columns columns, RowKeys keys, int nodes) {
    this.forest = forest;
    this.columns = columns;
    this.keys = keys;
    this.slotBits = 32 - Integer.numberOfLeadingZeros(keys.size() - 1);
    this.nodes = new long[nodes];
  }

  /**
   * Returns the walk, or null where a tree and the columns are too large for the form of a node.
   */
  static Walk build(Forest forest, Columns columns, RowKeys keys) {
    long count = 0;
    for (Tree tree : forest.trees) {
      count += 2L * tree.leaves() - 1;
    }

    if (count > Integer.MAX_VALUE - 8) {
      return null;
    }

    WalkBuilder builder = new WalkBuilder(forest, columns, keys, (int) count);
    return builder.build();
  }

  private Walk build() {
    int trees = forest.trees.size();
    int padded = (trees + Walk.LANES - 1) / Walk.LANES * Walk.LANES;
    int[] roots = new int[padded];
    int[] depths = new int[padded / Walk.LANES];
    int next = 0;
    for (int index = 0; index < trees; index++) {
      Tree tree = forest.trees.get(index);
      roots[index] = next;
      depths[index / Walk.LANES] = Math.max(depths[index / Walk.LANES], tree.depth());
      next = lay(index, tree, next);
      if (next < 0) {
        return null;
      }
    }

    Arrays.fill(roots, trees, padded, trees == 0 ? 0 : roots[trees - 1]);
    boolean hasVectors = vectorsSize > 0;
    return new Walk(
        nodes,
        roots,
        depths,
        slotBits,
        hasVectors ? Arrays.copyOf(vectors, vectorsSize) : null,
        keys,
        trees);
  }

  /**
   * Lays one tree out from {@code at} on and returns where the next one begins; -1 if it cannot.
   */
  private int lay(int index, Tree tree, int at) {
    int[] order = tree.breadthFirst();
    int child = 1;
    for (int place = 0; place < order.length; place++) {
      int node = order[place];
      if (tree.isLeaf(node)) {
        nodes[at + place] = (long) leafKey(index, tree, node) << 32;
        continue;
      }

      int distance = child - place;
      child += 2;
      if (distance >= 1L << LOW_BITS - slotBits - 1) {
        return -1;
      }

      nodes[at + place] = split(tree, node, distance);
    }

    return at + order.length;
  }

  private long split(Tree tree, int node, int distance) {
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
      key = Key.ofThreshold(tree.value[node]);
    }

    return (long) key << 32 | (long) distance << slotBits + 1 | mark | slot;
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
