package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What can be wrong with a tree, planted into the first tree of a model that can have it. */
public enum PlantedFault {
  /** A split is {@code <=} in place of {@code <}. */
  COMPARISON,
  /** A missing slot goes to the other side of a split. */
  DEFAULT_SIDE,
  /** A leaf is the next larger float. */
  LEAF,
  /** Two categories of a split are exchanged. */
  CATEGORIES;

  /**
   * Returns an engine with the fault.
   *
   * @param specification of a model with trees and without offsets
   */
  public Engine in(Engine specification) {
    Forest forest = (Forest) specification;
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      int node = node(tree);
      if (node >= 0) {
        return engine(forest, index, with(tree, node));
      }
    }

    throw new IllegalArgumentException("No tree can have the fault " + this);
  }

  /** Returns the fast engine of a forest in which one tree is another one. */
  static Engine engine(Forest forest, int index, Tree other) {
    List<Tree> trees = new ArrayList<>(forest.trees);
    trees.set(index, other);
    return Forest.of(
            forest.modelWidth,
            forest.base,
            trees,
            forest.outputOf,
            forest.weights,
            forest.transform)
        .fast();
  }

  /**
   * Returns the first node that can have the fault, and of leaves the one whose last bit counts
   * most in a sum; -1 if none can.
   */
  private int node(Tree tree) {
    return IntStream.range(0, tree.left.length)
        .filter(
            node ->
                switch (this) {
                  case COMPARISON -> !tree.isLeaf(node) && !tree.isCategorical(node);
                  case DEFAULT_SIDE -> !tree.isLeaf(node);
                  case LEAF -> tree.isLeaf(node);
                  case CATEGORIES -> !tree.isLeaf(node) && tree.isCategorical(node);
                })
        .boxed()
        .max(
            Comparator.comparingDouble(
                node -> this == LEAF ? Math.abs((double) tree.value[node]) : -node))
        .orElse(-1);
  }

  private Tree with(Tree tree, int node) {
    float[] value = tree.value.clone();
    boolean[] missingGoesLeft = tree.missingGoesLeft.clone();
    int[][] categories = tree.categories == null ? null : tree.categories.clone();
    switch (this) {
      case COMPARISON, LEAF -> value[node] = Math.nextUp(value[node]);
      case DEFAULT_SIDE -> missingGoesLeft[node] ^= true;
      case CATEGORIES -> categories[node] = exchanged(categories[node]);
    }

    return new Tree(
        tree.left,
        tree.right,
        tree.feature,
        value,
        missingGoesLeft,
        categories,
        tree.leafVectors,
        tree.outputs(),
        null);
  }

  /** Exchanges a category that goes right with the first one that does not. */
  private static int[] exchanged(int[] listed) {
    int[] other = listed.clone();
    other[0] =
        IntStream.iterate(0, code -> code + 1)
            .filter(code -> Arrays.binarySearch(listed, code) < 0)
            .findFirst()
            .orElseThrow();
    Arrays.sort(other);
    return other;
  }
}
