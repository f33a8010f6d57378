package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Contributions with the bits of {@code predictContrib} of XGBoost4J 3.4 on x86-64.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactExplainer implements Explainer {
  /** Fewer rows than this are explained one by one. */
  private static final int MIN_BLOCK = 24;

  private final Forest forest;
  private final ExactTree[] trees;
  private final float[] biases;
  private final Ranks ranks;
  private final int maxEdges;
  private final int maxDepth;
  private final boolean areBlocks;

  private ExactExplainer(Forest forest, ExactTree[] trees, Ranks ranks, float[] biases) {
    this.forest = forest;
    this.trees = trees;
    this.biases = biases;
    this.ranks = ranks;
    this.areBlocks = Arrays.stream(trees).allMatch(tree -> tree.lanes() != null);
    this.maxDepth =
        IntStream.range(0, trees.length).map(at -> forest.tree(at).depth()).max().orElse(0);
    this.maxEdges = Arrays.stream(trees).mapToInt(ExactTree::edges).max().orElse(0);
  }

  static ExactExplainer of(Forest forest) {
    Edges[] edges = Edges.of(forest);
    Ranks ranks = new Ranks(forest);
    ExactTree[] trees = new ExactTree[edges.length];
    for (int index = 0; index < trees.length; index++) {
      trees[index] = new ExactTree(forest.tree(index), edges[index], ranks);
    }

    return new ExactExplainer(forest, trees, ranks, Bias.of(forest, edges));
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
    Arrays.fill(contributions, 0, rows * contributions(), 0f);
    int next = 0;
    while (areBlocks && rows - next >= MIN_BLOCK) {
      LaneMemory block = LaneMemory.ofThread(ranks.columns(), maxDepth, width());
      int count = Math.min(LaneMemory.MAX_ROWS, rows - next);
      block.set(slots, next * rowStride, rowStride, featureStride, count);
      explain(block, contributions, next * contributions());
      block.clear();
      next += count;
    }

    RowMemory memory = RowMemory.forExact(maxEdges, width());
    for (; next < rows; next++) {
      explain(
          slots, next * rowStride, featureStride, memory, contributions, next * contributions());
    }
  }

  private void explain(
      float[] slots, int at, int stride, RowMemory memory, float[] contributions, int to) {
    int columns = width() + 1;
    for (int index = 0; index < trees.length; index++) {
      int vectors = forest.tree(index).outputs();
      for (int vector = 0; vector < vectors; vector++) {
        int output = vectors == 1 ? forest.outputOf(index) : vector;
        int first = to + output * columns;
        trees[index].add(
            vector, slots, at, stride, forest.factor(index), memory, contributions, first);
      }
    }

    for (int output = 0; output < biases.length; output++) {
      contributions[to + output * columns + width()] = biases[output];
    }
  }

  private void explain(LaneMemory block, float[] contributions, int to) {
    ranks.write(block);
    for (int output = 0; output < biases.length; output++) {
      for (int feature = 0; feature < width(); feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
        Arrays.fill(block.ofTree(feature), 0, block.rows(), 0f);
      }

      for (int index = 0; index < trees.length; index++) {
        boolean isVector = forest.tree(index).outputs() > 1;
        if (isVector || forest.outputOf(index) == output) {
          trees[index].lanes().add(isVector ? output : 0, forest.factor(index), block);
        }
      }

      block.copy(
          contributions, to + output * (width() + 1), contributions(), biases[output], width());
    }
  }
}
