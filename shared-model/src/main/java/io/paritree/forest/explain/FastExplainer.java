package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Contributions that are fast: as close to {@link ExactExplainer} as {@link ContributionMode#FAST}
 * says, not equal.
 *
 * <p>Immutable and thread-safe.
 */
final class FastExplainer implements Explainer {
  /** Differences and sums of larger weights could overflow. */
  private static final float MAX_WEIGHT = 1e30f;

  private final Forest forest;
  private final Ranks ranks;

  /** For single rows. */
  private final List<FastTrees> groups;

  /** For blocks, per output; the trees of an output are in the same order in both. */
  private final List<List<FastLanes>> lanes;

  private final float[] means;
  private final int maxDepth;

  private FastExplainer(Forest forest, Edges[] edges) {
    this.forest = forest;
    this.ranks = new Ranks(forest);
    this.means = Edges.means(forest, edges);
    this.lanes = new ArrayList<>();
    for (int output = 0; output < means.length; output++) {
      lanes.add(new ArrayList<>());
    }

    List<Levels.Part> parts = Levels.parts(forest, edges, FastLanes::points);
    for (Levels.Part part : parts) {
      lanes.get(part.output()).add(new FastLanes(part, ranks));
    }

    this.groups =
        Levels.groups(parts, FastLanes::points, ranks).stream().map(FastTrees::new).toList();
    this.maxDepth =
        IntStream.range(0, edges.length).map(at -> forest.tree(at).depth()).max().orElse(0);
  }

  /** Returns a fast explainer where it is close to the exact one, which is returned otherwise. */
  static Explainer of(Forest forest) {
    if (forest.isLinear()) {
      return ExactExplainer.of(forest);
    }

    Edges[] edges = Edges.of(forest);
    for (int index = 0; index < edges.length; index++) {
      if (forest.tree(index).depth() > LaneMemory.MAX_DEPTH
          || !edges[index].haveWholeShares()
          || !(edges[index].largestWeight() * Math.abs(forest.factor(index)) <= MAX_WEIGHT)) {
        return new ExactExplainer(forest, edges);
      }
    }

    return new FastExplainer(forest, edges);
  }

  @Override
  public int width() {
    return forest.width();
  }

  @Override
  public int modelWidth() {
    return forest.modelWidth();
  }

  @Override
  public int outputs() {
    return means.length;
  }

  @Override
  public long bytes() {
    return groups.stream().mapToLong(FastTrees::bytes).sum()
        + lanes.stream().flatMap(List::stream).mapToLong(FastLanes::bytes).sum();
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    explain(slots, width(), 1, rows, contributions);
  }

  @Override
  public void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
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
      int to = next * contributions();
      for (FastTrees group : groups) {
        group.add(row, contributions, to, modelWidth() + 1);
      }
    }

    Edges.writeBases(means, forest, slots, rowStride, featureStride, rows, contributions);
  }

  private void explain(LaneMemory block, float[] contributions, int to) {
    ranks.write(block);
    for (int output = 0; output < means.length; output++) {
      for (int feature = 0; feature < modelWidth(); feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
      }

      for (FastLanes tree : lanes.get(output)) {
        tree.add(block);
      }

      block.copy(contributions, to + output * (modelWidth() + 1), contributions(), modelWidth());
    }
  }
}
