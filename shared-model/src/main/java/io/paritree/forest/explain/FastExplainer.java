package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Contributions that are fast: close to {@link ExactExplainer}, not equal.
 *
 * <p>Immutable and thread-safe.
 */
final class FastExplainer implements Explainer {
  /** Fewer rows than this are explained one by one. */
  private static final int MIN_BLOCK = 24;

  /** Trees are walked by recursion, so a deeper one is left to the exact explainer. */
  private static final int MAX_DEPTH = 256;

  /** Differences and sums of larger weights could overflow. */
  private static final float MAX_WEIGHT = 1e30f;

  private final int width;
  private final Ranks ranks;

  /** Per output its trees, in order. */
  private final List<List<FastTree>> trees;

  /** Per output the features of its splits. */
  private final int[][] features;

  private final float[] biases;
  private final int maxDepth;
  private final int maxSplits;

  private FastExplainer(Forest forest, Edges[] edges) {
    this.width = forest.width();
    this.ranks = new Ranks(forest);
    this.biases = Bias.of(forest, edges);
    this.trees = new ArrayList<>();
    this.features = new int[biases.length][];
    boolean[][] used = new boolean[biases.length][width];
    for (int output = 0; output < biases.length; output++) {
      trees.add(new ArrayList<>());
    }

    int deepest = 0;
    for (int index = 0; index < edges.length; index++) {
      Tree tree = forest.tree(index);
      deepest = Math.max(deepest, tree.depth());
      for (int vector = 0; vector < tree.outputs(); vector++) {
        int output = tree.outputs() == 1 ? forest.outputOf(index) : vector;
        trees
            .get(output)
            .add(new FastTree(tree, edges[index], vector, forest.factor(index), ranks));
        for (int feature : edges[index].features()) {
          used[output][feature] = true;
        }
      }
    }

    this.maxDepth = deepest;
    this.maxSplits =
        trees.stream().flatMap(List::stream).mapToInt(FastTree::splits).max().orElse(0);
    for (int output = 0; output < biases.length; output++) {
      boolean[] ofOutput = used[output];
      features[output] = IntStream.range(0, width).filter(at -> ofOutput[at]).toArray();
    }
  }

  /** Returns a fast explainer where it is close to the exact one, which is returned otherwise. */
  static Explainer of(Forest forest) {
    Edges[] edges = Edges.of(forest);
    for (int index = 0; index < edges.length; index++) {
      if (forest.tree(index).depth() > MAX_DEPTH
          || !edges[index].haveWholeShares()
          || !(edges[index].largestWeight() * Math.abs(forest.factor(index)) <= MAX_WEIGHT)) {
        return ExactExplainer.of(forest);
      }
    }

    return new FastExplainer(forest, edges);
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int outputs() {
    return biases.length;
  }

  @Override
  public long bytes() {
    return trees.stream().flatMap(List::stream).mapToLong(FastTree::bytes).sum();
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    explain(slots, width, 1, rows, contributions);
  }

  @Override
  public void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explain(slots, 1, stride, rows, contributions);
  }

  private void explain(
      float[] slots, int rowStride, int featureStride, int rows, float[] contributions) {
    Arrays.fill(contributions, 0, rows * contributions(), 0f);
    int next = 0;
    while (rows - next >= MIN_BLOCK) {
      int count = Math.min(LaneMemory.MAX_ROWS, rows - next);
      LaneMemory block = LaneMemory.ofThread(ranks.columns(), maxDepth, width);
      block.set(slots, next * rowStride, rowStride, featureStride, count);
      explain(block, contributions, next * contributions());
      block.clear();
      next += count;
    }

    for (; next < rows; next++) {
      RowMemory row = RowMemory.ofThread(ranks.columns(), width);
      row.growToSplits(maxSplits);
      ranks.write(slots, next * rowStride, featureStride, row.ranks);
      explain(row, contributions, next * contributions());
    }
  }

  private void explain(RowMemory row, float[] contributions, int to) {
    for (int output = 0; output < biases.length; output++) {
      Arrays.fill(row.phi, 0, width, 0f);
      for (FastTree tree : trees.get(output)) {
        tree.add(row);
      }

      int first = to + output * (width + 1);
      for (int feature : features[output]) {
        contributions[first + feature] = row.phi[feature];
      }

      contributions[first + width] = biases[output];
    }
  }

  private void explain(LaneMemory block, float[] contributions, int to) {
    ranks.write(block);
    for (int output = 0; output < biases.length; output++) {
      for (int feature = 0; feature < width; feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
      }

      for (FastTree tree : trees.get(output)) {
        tree.add(block);
      }

      block.copy(contributions, to + output * (width + 1), contributions(), biases[output], width);
    }
  }
}
