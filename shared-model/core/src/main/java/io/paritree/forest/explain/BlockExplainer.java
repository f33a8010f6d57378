package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An explainer whose trees are laid out for blocks of rows, with a lane per row.
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

  /**
   * Where rows are.
   *
   * @param slots slot f of row r is {@code slots[at + r * rowStride + f * featureStride]}
   */
  record Rows(float[] slots, int at, int rowStride, int featureStride, int count) {
    private Rows of(int first, int rows) {
      return new Rows(slots, at + first * rowStride, rowStride, featureStride, rows);
    }
  }

  /** Adds what the trees of an output contribute to each row of a block; it begins with zeros. */
  abstract void add(LaneMemory block, int output);

  @Override
  public final void explain(float[] slots, int rows, float[] contributions) {
    explain(new Rows(slots, 0, width(), 1, rows), contributions);
  }

  @Override
  public final void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explain(new Rows(slots, 0, 1, stride, rows), contributions);
  }

  private void explain(Rows rows, float[] contributions) {
    Arrays.fill(contributions, 0, rows.count * contributions(), 0f);
    for (int next = 0; next < rows.count; next += LaneMemory.MAX_ROWS) {
      int count = Math.min(LaneMemory.MAX_ROWS, rows.count - next);
      if (count < LaneMemory.MIN_ROWS) {
        explainFew(rows.of(next, count), contributions, next * contributions());
      } else {
        explainBlock(rows.of(next, count), contributions, next * contributions());
      }
    }

    Edges.writeBases(
        means, forest, rows.slots, rows.rowStride, rows.featureStride, rows.count, contributions);
  }

  /** Explains fewer rows than are fast as a block. */
  abstract void explainFew(Rows rows, float[] contributions, int to);

  private void explainBlock(Rows rows, float[] contributions, int to) {
    LaneMemory block = LaneMemory.ofThread(ranks.columns(), maxDepth, modelWidth());
    block.set(rows.slots, rows.at, rows.rowStride, rows.featureStride, rows.count);
    ranks.write(block);
    for (int output = 0; output < means.length; output++) {
      for (int feature = 0; feature < modelWidth(); feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
      }

      add(block, output);
      block.copy(contributions, to + output * (modelWidth() + 1), contributions(), modelWidth());
    }

    block.clear();
  }
}
