package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.ArrayList;
import java.util.List;

/**
 * Contributions that are fast: as close to {@link ExactExplainer} as {@link ContributionMode#FAST}
 * says, not equal.
 */
final class FastExplainer extends BlockExplainer {
  /** Differences and sums of larger weights could overflow. */
  private static final float MAX_WEIGHT = 1e30f;

  /** For single rows. */
  private final List<FastTrees> groups;

  /** For blocks, per output; the trees of an output are in the same order in both. */
  private final List<List<FastLanes>> lanes = new ArrayList<>();

  private FastExplainer(Forest forest, Edges[] edges) {
    super(forest, edges);
    for (int output = 0; output < outputs(); output++) {
      lanes.add(new ArrayList<>());
    }

    List<Levels.Part> parts = Levels.parts(forest, edges, FastLanes::points);
    for (Levels.Part part : parts) {
      lanes.get(part.output()).add(new FastLanes(part, ranks));
    }

    this.groups =
        Levels.groups(parts, FastLanes::points, ranks).stream().map(FastTrees::new).toList();
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
        return ExactExplainer.of(forest, edges);
      }
    }

    return new FastExplainer(forest, edges);
  }

  @Override
  void explainFew(Rows rows, float[] contributions, int to) {
    RowMemory row = RowMemory.ofThread(ranks.columns());
    for (int next = 0; next < rows.count(); next++) {
      ranks.write(
          rows.slots(), rows.at() + next * rows.rowStride(), rows.featureStride(), row.ranks);
      for (FastTrees group : groups) {
        group.add(row, contributions, to + next * contributions(), modelWidth() + 1);
      }
    }
  }

  @Override
  void add(LaneMemory block, int output) {
    for (FastLanes tree : lanes.get(output)) {
      tree.add(block);
    }
  }
}
