package io.paritree.forest;

/**
 * An engine that scores rightly until it is turned: from then on, one comparison of its first tree
 * is the other way round, as a wrong compiler or a faulty core might have it. Thread-safe.
 */
public final class TurnedEngine extends ShapedEngine {
  private final Engine right;
  private final Engine wrong;
  private volatile boolean isTurned;

  /**
   * @param specification of a model with trees and without offsets
   */
  public TurnedEngine(Engine specification) {
    super(specification);
    Forest forest = (Forest) specification;
    this.right = forest.fast();
    this.wrong = PlantedFault.engine(forest, 0, turned(forest.tree(0)));
  }

  private static Tree turned(Tree tree) {
    int[] left = tree.left.clone();
    int[] right = tree.right.clone();
    boolean[] missingGoesLeft = tree.missingGoesLeft.clone();
    left[0] = tree.right[0];
    right[0] = tree.left[0];
    missingGoesLeft[0] = !missingGoesLeft[0];
    return new Tree(
        left,
        right,
        tree.feature,
        tree.value,
        missingGoesLeft,
        tree.categories,
        tree.leafVectors,
        tree.outputs(),
        null);
  }

  /** Scores wrongly from now on. */
  public TurnedEngine turn() {
    isTurned = true;
    return this;
  }

  private Engine now() {
    return isTurned ? wrong : right;
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    now().score(slots, rows, margins, scores);
  }

  @Override
  public void scoreColumns(float[] slots, int stride, int rows, float[] margins, float[] scores) {
    now().scoreColumns(slots, stride, rows, margins, scores);
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    now().leaves(slots, rows, leaves);
  }
}
