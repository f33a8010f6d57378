package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;

/**
 * The last contribution of each output, the same for all rows: what the trees add on average, by
 * the covers, and the base margin. Sums are in double, as in XGBoost's {@code FillRootMeanValue}.
 */
final class Bias {
  private Bias() {}

  /**
   * Computes the biases of a forest.
   *
   * @param edges of the trees, in order
   */
  static float[] of(Forest forest, Edges[] edges) {
    double[] sums = new double[forest.outputs()];
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      if (tree.outputs() == 1) {
        sums[forest.outputOf(index)] += mean(tree, edges[index]) * forest.factor(index);
        continue;
      }

      double[] means = means(tree, edges[index]);
      for (int output = 0; output < means.length; output++) {
        sums[output] += means[output] * forest.factor(index);
      }
    }

    float[] biases = new float[sums.length];
    for (int output = 0; output < sums.length; output++) {
      biases[output] = (float) sums[output] + forest.base(output);
    }

    return biases;
  }

  private static double mean(Tree tree, Edges edges) {
    if (edges.count == 0) {
      return tree.weight(0, 0);
    }

    double[] mean = new double[edges.count + 1];
    double[] left = new double[edges.count + 1];
    for (int edge = 0; edge < edges.count; edge++) {
      int node = edges.node[edge];
      double of = edges.isLeaf(edge) ? tree.weight(node, 0) : mean[edge];
      int parent = edges.parent[edge];
      if (edges.isLeft[edge]) {
        left[parent] = of;
        continue;
      }

      int from = edges.split[edge];
      float cover = tree.cover(from);
      mean[parent] =
          cover == 0f
              ? 0.5 * (left[parent] + of)
              : (left[parent] * tree.cover(tree.left(from)) + of * tree.cover(tree.right(from)))
                  / cover;
    }

    return mean[edges.count];
  }

  /** Returns the means of leaf vectors: XGBoost adds the leaves from left to right. */
  private static double[] means(Tree tree, Edges edges) {
    double[] means = new double[tree.outputs()];
    double[] reach = new double[edges.count + 1];
    reach[edges.count] = 1.0;
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      float cover = tree.cover(edges.split[edge]);
      double above = reach[edges.parent[edge]];
      reach[edge] = cover == 0f ? above * 0.5 : above * tree.cover(edges.node[edge]) / cover;
    }

    if (edges.count == 0) {
      addLeaf(tree, 0, 1.0, means);
    }

    for (int edge = 0; edge < edges.count; edge++) {
      if (edges.isLeaf(edge)) {
        addLeaf(tree, edges.node[edge], reach[edge], means);
      }
    }

    return means;
  }

  private static void addLeaf(Tree tree, int leaf, double reach, double[] means) {
    for (int output = 0; output < means.length; output++) {
      means[output] += reach * tree.weight(leaf, output);
    }
  }
}
