package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An explainer whose trees are laid out twice: for single rows, and for blocks with a lane per row.
 *
 * <p>Immutable and thread-safe.
 */
abstract sealed class BlockExplainer extends ForestExplainer permits ExactExplainer, FastExplainer {
  final Ranks ranks;
  private final float[] means;
  private final int maxDepth;

  BlockExplainer(Forest forest, Edges[] edges) {
    super(forest);
    this.ranks = new Ranks(forest);
    this.means = Edges.means(forest, edges);
    this.maxDepth =
        IntStream.range(0, edges.length).map(at -> forest.tree(at).depth()).max().orElse(0);
  }

  /** Adds what all trees contribute to the row whose ranks are given. */
  abstract void add(RowMemory row, float[] contributions, int to);

  /** Adds what the trees of an output contribute to each row of a block; it begins with zeros. */
  abstract void add(LaneMemory block, int output);

  @Override
  public final void explain(float[] slots, int rows, float[] contributions) {
    explain(slots, width(), 1, rows, contributions);
  }

  @Override
  public final void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explain(slots, 1, stride, rows, contributions);
  }

  private void explain(
      float[] slots, int rowStride, int featureStride, int rows, float[] contributions) {
    Arrays.fill(contributions, 0, rows * contributions(), 0f);
    int next = 0;
    while (rows - next >= LaneMemory.MIN_ROWS) {
      int count = Math.min(LaneMemory.MAX_ROWS, rows - next);
      LaneMemory block = LaneMemory.ofThread(ranks.columns(), maxDepth, modelWidth());
      block.set(slots, next * rowStride, rowStride, featureStride, count);
      explain(block, contributions, next * contributions());
      block.clear();
      next += count;
    }

    for (; next < rows; next++) {
      RowMemory row = RowMemory.ofThread(ranks.columns(), modelWidth());
      ranks.write(slots, next * rowStride, featureStride, row.ranks);
      add(row, contributions, next * contributions());
    }

    Edges.writeBases(means, forest, slots, rowStride, featureStride, rows, contributions);
  }

  private void explain(LaneMemory block, float[] contributions, int to) {
    ranks.write(block);
    for (int output = 0; output < means.length; output++) {
      for (int feature = 0; feature < modelWidth(); feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
      }

      add(block, output);
      block.copy(contributions, to + output * (modelWidth() + 1), contributions(), modelWidth());
    }
  }
}
