package io.paritree.forest.explain;

import io.paritree.forest.Forest;

/** An explainer of all rows that a forest scores. */
abstract class ForestExplainer implements Explainer {
  final Forest forest;

  ForestExplainer(Forest forest) {
    this.forest = forest;
  }

  @Override
  public final int width() {
    return forest.width();
  }

  @Override
  public final int modelWidth() {
    return forest.modelWidth();
  }

  @Override
  public final int outputs() {
    return forest.outputs();
  }
}
