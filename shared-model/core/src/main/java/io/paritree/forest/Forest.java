package io.paritree.forest;

import java.util.List;
import java.util.Objects;

/**
 * The specification: what XGBoost computes, written plainly.
 *
 * <p>The margins of a row begin with the base, or with the row's own offsets if it has any (below).
 * Then the linear booster's terms are added if the forest has any, then the trees in order, each to
 * the output that it belongs to, or to all outputs if its leaves are vectors. All arithmetic is in
 * float; a product is rounded before it is added, and additions are never reordered.
 *
 * <p>With offsets, which XGBoost calls the base margin, the slots of the model are followed by one
 * more for each output. An offset takes the place of the base and is used as it is: no objective
 * transforms it.
 *
 * <p>Slow; {@link #fast} returns the fast engine. Immutable and thread-safe.
 */
public final class Forest implements Engine {
  final int modelWidth;
  final int width;
  private final boolean hasOffsets;

  /** What margins begin with; in a forest with offsets, where the slot of an offset is missing. */
  final float[] base;

  final List<Tree> trees;
  final int[] outputOf;
  final float[] weights;
  final Linear linear;
  final Transform transform;
  private final Calibration calibration;

  private Forest(
      int modelWidth,
      int width,
      float[] base,
      List<Tree> trees,
      int[] outputOf,
      float[] weights,
      Linear linear,
      Transform transform,
      Calibration calibration) {
    this.modelWidth = modelWidth;
    this.width = width;
    this.hasOffsets = width > modelWidth;
    this.base = base.clone();
    this.trees = List.copyOf(trees);
    this.outputOf = outputOf;
    this.weights = weights;
    this.linear = linear;
    this.transform = Objects.requireNonNull(transform, "transform");
    this.calibration = Objects.requireNonNull(calibration, "calibration");
  }

  /**
   * Returns a forest of trees.
   *
   * @param width number of slots of a row
   * @param base margin of each output before the first tree, one per output
   * @param trees in the order in which they are added
   * @param outputOf the output that each tree adds to; for a tree whose leaves are vectors it is
   *     checked, but not used
   * @param weights the factor of each tree's leaves, as in DART; null for none
   * @param transform turns the margins into scores
   * @throws IllegalArgumentException naming the tree that does not fit
   */
  public static Forest of(
      int width,
      float[] base,
      List<Tree> trees,
      int[] outputOf,
      float[] weights,
      Transform transform) {
    if (outputOf.length != trees.size() || (weights != null && weights.length != trees.size())) {
      throw new IllegalArgumentException(
          "Cannot build a forest: %s trees, %s outputs, %s weights"
              .formatted(
                  trees.size(), outputOf.length, weights == null ? trees.size() : weights.length));
    }

    for (int tree = 0; tree < outputOf.length; tree++) {
      checkTree(tree, trees.get(tree), outputOf[tree], width, base.length);
    }

    return new Forest(
        width,
        width,
        base,
        trees,
        outputOf.clone(),
        weights == null ? null : weights.clone(),
        null,
        transform,
        Calibration.NONE);
  }

  private static void checkTree(int index, Tree tree, int output, int width, int outputs) {
    if (tree.maxFeature() >= width) {
      throw new IllegalArgumentException(
          "Cannot use tree %s: it splits on feature %s, but there are %s features"
              .formatted(index, tree.maxFeature(), width));
    }

    if (tree.leafVectors != null && tree.outputs() != outputs) {
      throw new IllegalArgumentException(
          "Cannot use tree %s: its leaves have %s weights, but there are %s outputs"
              .formatted(index, tree.outputs(), outputs));
    }

    if (output < 0 || output >= outputs) {
      throw new IllegalArgumentException(
          "Cannot use tree %s: it adds to output %s, but there are %s outputs"
              .formatted(index, output, outputs));
    }
  }

  /**
   * Returns XGBoost's linear booster, a forest without trees.
   *
   * @param width number of slots of a row
   * @param base margin of each output before the bias
   * @param weights {@code weights[feature * outputs + output]}, then one bias per output
   * @param transform turns the margins into scores
   */
  public static Forest linear(int width, float[] base, float[] weights, Transform transform) {
    if (weights.length != (width + 1L) * base.length) {
      throw new IllegalArgumentException(
          "Cannot use the linear weights: got %s, expected (%s features + 1) * %s outputs"
              .formatted(weights.length, width, base.length));
    }

    Linear linear = new Linear(weights.clone(), base.length);
    return new Forest(
        width, width, base, List.of(), new int[0], null, linear, transform, Calibration.NONE);
  }

  /**
   * Returns the same forest for rows with offsets.
   *
   * @param whereMissing per output the offset of a row whose slot for it is missing, in margin
   *     units; NaN if no row is without. Empty for a forest whose rows have no offsets
   * @throws IllegalArgumentException unless there is one for each output, or none
   */
  public Forest withOffsets(float[] whereMissing) {
    if (whereMissing.length == 0) {
      return this;
    }

    if (whereMissing.length != base.length || hasOffsets) {
      throw new IllegalArgumentException(
          "Cannot use %s offsets: the forest has %s outputs%s"
              .formatted(
                  whereMissing.length, base.length, hasOffsets ? " with offsets already" : ""));
    }

    int all = Math.addExact(modelWidth, base.length);
    return new Forest(
        modelWidth, all, whereMissing, trees, outputOf, weights, linear, transform, calibration);
  }

  /**
   * Returns the same forest with calibrated scores; margins stay as they are.
   *
   * @throws IllegalArgumentException if it is calibrated and has several margins
   */
  public Forest withCalibration(Calibration other) {
    if (base.length > 1 && !other.equals(Calibration.NONE)) {
      throw new IllegalArgumentException(
          "Cannot calibrate scores: a row has %s margins, expected one".formatted(base.length));
    }

    return new Forest(modelWidth, width, base, trees, outputOf, weights, linear, transform, other);
  }

  /** Returns the fast engine: equal to this one to the last bit, and much faster. */
  public Engine fast() {
    return FastForest.of(this);
  }

  /** Returns a tree, by its place in the order in which trees are added. */
  public Tree tree(int index) {
    return trees.get(index);
  }

  /** Returns the output that a tree adds to, unless its leaves are vectors. */
  public int outputOf(int tree) {
    return outputOf[tree];
  }

  /** Returns the factor of a tree's leaves: 1 except in DART. */
  public float factor(int tree) {
    return weights == null ? 1f : weights[tree];
  }

  /**
   * Returns what a margin of a row begins with: its offset, or the base.
   *
   * @param slots slot f of the row is {@code slots[at + f * stride]}
   */
  public float begin(float[] slots, int at, int stride, int output) {
    if (!hasOffsets) {
      return base[output];
    }

    float offset = slots[at + (modelWidth + output) * stride];
    return Float.isNaN(offset) ? base[output] : offset;
  }

  /** Returns whether the slots of the model are followed by an offset for each output. */
  public boolean hasOffsets() {
    return hasOffsets;
  }

  /** Returns the number of slots that the trees or weights read. */
  public int modelWidth() {
    return modelWidth;
  }

  /** Returns whether this is the linear booster. */
  public boolean isLinear() {
    return linear != null;
  }

  /**
   * Returns a weight of the linear booster.
   *
   * @param feature a slot, or {@link #modelWidth} for the bias
   */
  public float linearWeight(int feature, int output) {
    return linear.weights()[feature * base.length + output];
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int trees() {
    return trees.size();
  }

  @Override
  public int outputs() {
    return base.length;
  }

  @Override
  public int scores() {
    return transform.scores(base.length);
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    float[] sums = margins == null ? Scratch.ofThread().margins(base.length) : margins;
    for (int row = 0; row < rows; row++) {
      int at = margins == null ? 0 : row * base.length;
      margins(slots, row * width, sums, at);
      if (scores != null) {
        toScores(sums, at, 1, scores, row * scores());
      }
    }
  }

  /** Turns the margins of rows into scores: first by the objective, then by the calibration. */
  void toScores(float[] margins, int from, int rows, float[] scores, int to) {
    transform.apply(margins, from, base.length, rows, scores, to);
    calibrate(scores, to, rows);
  }

  /**
   * Calibrates what an objective has computed.
   *
   * @param scores of {@code rows} rows from {@code from} on
   */
  public void calibrate(float[] scores, int from, int rows) {
    calibration.apply(scores, from, rows * scores());
  }

  private void margins(float[] slots, int at, float[] margins, int to) {
    begin(slots, at, 1, margins, to);
    if (linear != null) {
      linear.addTo(slots, at, modelWidth, margins, to);
    }

    addTrees(slots, at, 1, margins, to);
  }

  /** Writes what the margins of a row begin with. */
  void begin(float[] slots, int at, int stride, float[] margins, int to) {
    System.arraycopy(base, 0, margins, to, base.length);
    if (hasOffsets) {
      putOffsets(slots, at, stride, margins, to);
    }
  }

  private void putOffsets(float[] slots, int at, int stride, float[] margins, int to) {
    for (int output = 0; output < base.length; output++) {
      margins[to + output] = begin(slots, at, stride, output);
    }
  }

  /** Adds the trees in order; slot f of the row is {@code slots[at + f * stride]}. */
  void addTrees(float[] slots, int at, int stride, float[] margins, int to) {
    for (int index = 0; index < trees.size(); index++) {
      addLeaf(index, trees.get(index).leaf(slots, at, stride), margins, to);
    }
  }

  /** Adds the leaf that a row has found in a tree. */
  private void addLeaf(int index, int leaf, float[] margins, int to) {
    Tree tree = trees.get(index);
    if (tree.leafVectors == null) {
      margins[to + outputOf[index]] += weighted(index, tree.weight(leaf, 0));
      return;
    }

    for (int output = 0; output < base.length; output++) {
      margins[to + output] += weighted(index, tree.weight(leaf, output));
    }
  }

  float weighted(int tree, float weight) {
    return weights == null ? weight : weight * weights[tree];
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (Tree tree : trees) {
        leaves[at++] = tree.leaf(slots, row * width, 1);
      }
    }
  }
}
