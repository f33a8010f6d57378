package io.paritree.forest;

/**
 * The weights of the leaves of some consecutive trees of a forest, and the outputs that the trees
 * add to.
 *
 * <p>Leaves are numbered from 0 on through all trees. Immutable and thread-safe once built.
 */
final class Leaves {
  private final Forest forest;
  private final int first;
  private final int trees;
  private final int outputs;

  /** Whether every leaf has a weight for each output. */
  private final boolean hasVectors;

  /** Whether all trees add to the only output. */
  private final boolean isSingle;

  /** The weight of each leaf; all weights of all leaves, if leaves have several. */
  private final float[] weights;

  /** Where the weights of each leaf begin, if it has several. */
  private final int[] vectorAt;

  private int size;

  /**
   * Makes room for leaves.
   *
   * @param first the first tree
   * @param end the index after the last tree; either all trees have leaf vectors or none
   * @param leaves the number of leaves that will be numbered
   */
  Leaves(Forest forest, int first, int end, int leaves) {
    this.forest = forest;
    this.first = first;
    this.trees = end - first;
    this.outputs = forest.base.length;
    this.hasVectors = forest.trees.get(first).leafVectors != null;
    this.isSingle = outputs == 1 && !hasVectors;
    this.weights = new float[hasVectors ? weightsOfVectors(forest, first, end) : leaves];
    this.vectorAt = hasVectors ? new int[leaves] : null;
  }

  private static int weightsOfVectors(Forest forest, int first, int end) {
    long leaves = forest.trees.subList(first, end).stream().mapToLong(Tree::leaves).sum();
    return Math.toIntExact(leaves * forest.base.length);
  }

  /** Sets the leaf that a number means, while this is built. */
  void set(int number, int tree, int leaf) {
    Tree source = forest.trees.get(tree);
    if (!hasVectors) {
      weights[number] = forest.weighted(tree, source.weight(leaf, 0));
      return;
    }

    vectorAt[number] = size;
    for (int output = 0; output < outputs; output++) {
      weights[size++] = forest.weighted(tree, source.weight(leaf, output));
    }
  }

  int trees() {
    return trees;
  }

  /** Returns roughly how many splits a row meets in these trees. */
  double steps() {
    return forest.trees.subList(first, first + trees).stream().mapToDouble(Cost::steps).sum();
  }

  /**
   * Adds the leaves of all trees to the margins of one row, in the order of the trees.
   *
   * @param found the number of the leaf of each tree
   * @param margins the row's margins begin at {@code to}
   */
  void add(int[] found, float[] margins, int to) {
    if (isSingle) {
      margins[to] = sum(found, margins[to]);
      return;
    }

    for (int tree = 0; tree < trees; tree++) {
      add(tree, found[tree], margins, to);
    }
  }

  private float sum(int[] found, float base) {
    float[] weights = this.weights;
    float sum = base;
    for (int tree = 0; tree < trees; tree++) {
      sum += weights[found[tree]];
    }

    return sum;
  }

  /** Adds the leaf of one of these trees to the margins of one row. */
  void add(int tree, int leaf, float[] margins, int to) {
    if (!hasVectors) {
      margins[to + forest.outputOf[first + tree]] += weights[leaf];
      return;
    }

    int from = vectorAt[leaf];
    for (int output = 0; output < outputs; output++) {
      margins[to + output] += weights[from + output];
    }
  }
}
