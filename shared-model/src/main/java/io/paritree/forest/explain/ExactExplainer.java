package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;

/**
 * Contributions with the bits of {@code predictContrib} of XGBoost4J 3.4 on x86-64.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactExplainer implements Explainer {
  /** Rows that pass a tree before the next one, so that the tree stays in a core's cache. */
  private static final int BLOCK = 64;

  private final Forest forest;
  private final ExactTree[] trees;
  private final float[] biases;
  private final int maxEdges;

  private ExactExplainer(Forest forest, ExactTree[] trees, float[] biases) {
    this.forest = forest;
    this.trees = trees;
    this.biases = biases;
    this.maxEdges = Arrays.stream(trees).mapToInt(ExactTree::edges).max().orElse(0);
  }

  static ExactExplainer of(Forest forest) {
    Edges[] edges = Edges.of(forest);
    ExactTree[] trees = new ExactTree[edges.length];
    for (int index = 0; index < trees.length; index++) {
      trees[index] = new ExactTree(forest.tree(index), edges[index]);
    }

    return new ExactExplainer(forest, trees, Bias.of(forest, edges));
  }

  @Override
  public int width() {
    return forest.width();
  }

  @Override
  public int outputs() {
    return forest.outputs();
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    explain(slots, forest.width(), 1, rows, contributions);
  }

  @Override
  public void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explain(slots, 1, stride, rows, contributions);
  }

  private void explain(
      float[] slots, int rowStride, int featureStride, int rows, float[] contributions) {
    int columns = forest.width() + 1;
    int ofRow = contributions();
    Arrays.fill(contributions, 0, rows * ofRow, 0f);
    for (int row = 0; row < rows; row++) {
      for (int output = 0; output < biases.length; output++) {
        contributions[row * ofRow + output * columns + forest.width()] = biases[output];
      }
    }

    ExactMemory memory = ExactMemory.ofThread(maxEdges, width());
    for (int first = 0; first < rows; first += BLOCK) {
      int end = Math.min(rows, first + BLOCK);
      for (int index = 0; index < trees.length; index++) {
        ExactTree tree = trees[index];
        int outputs = forest.tree(index).outputs();
        for (int row = first; row < end; row++) {
          for (int vector = 0; vector < outputs; vector++) {
            int output = outputs == 1 ? forest.outputOf(index) : vector;
            tree.add(
                vector,
                slots,
                row * rowStride,
                featureStride,
                forest.factor(index),
                memory,
                contributions,
                row * ofRow + output * columns);
          }
        }
      }
    }
  }
}
