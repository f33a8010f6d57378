package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;

/**
 * The contributions of {@link ExactExplainer} row by row, tree by tree: where a tree is unusual,
 * and as the specification of all trees.
 */
final class UnusualExplainer extends ForestExplainer {
  private final float[] means;

  /** Per tree and output of its own. */
  private final ExactTree[][] trees;

  UnusualExplainer(Forest forest, Edges[] edges) {
    super(forest);
    this.means = Edges.means(forest, edges);
    this.trees = new ExactTree[edges.length][];
    for (int index = 0; index < edges.length; index++) {
      trees[index] = new ExactTree[forest.tree(index).outputs()];
      for (int vector = 0; vector < trees[index].length; vector++) {
        trees[index][vector] = new ExactTree(forest.tree(index), edges[index], vector);
      }
    }
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    Arrays.fill(contributions, 0, rows * contributions(), 0f);
    for (int row = 0; row < rows; row++) {
      add(slots, row * width(), contributions, row * contributions());
    }

    Edges.writeBases(means, forest, slots, width(), 1, rows, contributions);
  }

  /**
   * Adds what all trees contribute to one row.
   *
   * @param slots slot f of the row is {@code slots[at + f]}
   */
  void add(float[] slots, int at, float[] contributions, int to) {
    for (int index = 0; index < trees.length; index++) {
      for (int vector = 0; vector < trees[index].length; vector++) {
        int output = trees[index].length == 1 ? forest.outputOf(index) : vector;
        int toOutput = to + output * (modelWidth() + 1);
        trees[index][vector].add(slots, at, forest.factor(index), contributions, toOutput);
      }
    }
  }
}
