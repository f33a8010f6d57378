package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Contributions with the bits of {@code predictContrib} of XGBoost4J 3.4 on x86-64. */
final class ExactExplainer extends BlockExplainer {
  /** Per tree. */
  private final ExactLanes[] lanes;

  private final UnusualExplainer single;

  private ExactExplainer(Forest forest, Edges[] edges) {
    super(forest, edges);
    this.single = new UnusualExplainer(forest, edges);
    this.lanes = new ExactLanes[edges.length];
    Arrays.setAll(lanes, index -> new ExactLanes(forest.tree(index), edges[index], ranks));
  }

  static Explainer of(Forest forest) {
    return forest.isLinear() ? new LinearExplainer(forest) : of(forest, Edges.of(forest));
  }

  static Explainer of(Forest forest, Edges[] edges) {
    boolean isUsual =
        IntStream.range(0, edges.length)
            .allMatch(index -> ExactTree.isUsual(forest.tree(index), edges[index]));
    return isUsual ? new ExactExplainer(forest, edges) : new UnusualExplainer(forest, edges);
  }

  @Override
  void explainFew(Rows rows, float[] contributions, int to) {
    float[] slots = new float[width()];
    for (int row = 0; row < rows.count(); row++) {
      int at = rows.at() + row * rows.rowStride();
      for (int slot = 0; slot < slots.length; slot++) {
        slots[slot] = rows.slots()[at + slot * rows.featureStride()];
      }

      single.add(slots, 0, contributions, to + row * contributions());
    }
  }

  @Override
  void add(LaneMemory block, int output) {
    for (int feature = 0; feature < modelWidth(); feature++) {
      Arrays.fill(block.ofTree(feature), 0, block.rows(), 0f);
    }

    for (int index = 0; index < lanes.length; index++) {
      boolean isVector = forest.tree(index).outputs() > 1;
      if (isVector || forest.outputOf(index) == output) {
        lanes[index].add(isVector ? output : 0, forest.factor(index), block);
      }
    }
  }
}
