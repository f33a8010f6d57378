package io.paritree.forest;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * One decision tree. Its constructor proves that it is a tree: every path from the root ends in a
 * leaf.
 *
 * <p>Nodes are numbered as XGBoost numbers them; 0 is the root. A node without a left child is a
 * leaf. Nodes that no path reaches may have any content. Immutable and thread-safe.
 */
public final class Tree {
  /** A slot holds every category code below this exactly; a code at or above it is no category. */
  public static final int MAX_CATEGORIES = 1 << 24;

  final int[] left;
  final int[] right;
  final int[] feature;
  final float[] value;
  final boolean[] missingGoesLeft;

  /**
   * Per node the categories that go right, ascending; null at nodes without them; null as a whole
   * if the tree has none.
   */
  final int[][] categories;

  /** Leaf weights row after row, {@code outputs} each; null if a leaf has one weight, its value. */
  final float[] leafVectors;

  private final float[] covers;
  private final int outputs;
  private final int leaves;
  private final int depth;
  private final int maxFeature;
  private final boolean adjacent;

  /**
   * Checks and makes a tree. It keeps the arrays; the caller must not change them afterwards.
   *
   * @param left left child per node, -1 at a leaf
   * @param right right child per node; at a leaf of a tree with leaf vectors, the leaf's row, which
   *     no other leaf has
   * @param feature the slot that a node tests
   * @param value threshold of a numeric split, in slot units; weight of a leaf, in margin units
   * @param missingGoesLeft where a missing slot goes
   * @param categories per node the categories that go right, ascending, at least one; null at nodes
   *     that are no categorical split; null as a whole if no node is one
   * @param leafVectors weights of the leaves, {@code outputs} per row; null if each leaf has one
   * @param outputs number of weights of a leaf; 1 if there are no leaf vectors
   * @param covers how much of the training data reached each node; null if not known. Only
   *     contributions need them, so their values are not checked here
   * @throws IllegalArgumentException naming the node, if this is no tree
   */
  public Tree(
      int[] left,
      int[] right,
      int[] feature,
      float[] value,
      boolean[] missingGoesLeft,
      int[][] categories,
      float[] leafVectors,
      int outputs,
      float[] covers) {
    this.left = Objects.requireNonNull(left, "left");
    this.right = sameLength(right.length, left, right, "right children");
    this.feature = sameLength(feature.length, left, feature, "split features");
    this.value = sameLength(value.length, left, value, "thresholds");
    this.missingGoesLeft =
        sameLength(missingGoesLeft.length, left, missingGoesLeft, "default directions");
    this.categories =
        categories == null ? null : sameLength(categories.length, left, categories, "categories");
    this.leafVectors = leafVectors;
    this.outputs = outputs;
    this.covers = covers == null ? null : sameLength(covers.length, left, covers, "covers");

    if (left.length == 0) {
      throw new IllegalArgumentException("it has no nodes");
    }

    BitSet seen = new BitSet(left.length);
    BitSet rowsSeen = new BitSet();
    int[] level = {0};
    int inLevel = 1;
    int depthSoFar = 0;
    int leavesSoFar = 0;
    int maxFeatureSoFar = -1;
    boolean adjacentSoFar = true;
    seen.set(0);
    while (true) {
      int[] next = new int[Math.min(2 * inLevel, left.length)];
      int inNext = 0;
      for (int at = 0; at < inLevel; at++) {
        int node = level[at];
        if (isLeaf(node)) {
          checkLeaf(node, rowsSeen);
          leavesSoFar++;
          continue;
        }

        checkSplit(node, seen);
        maxFeatureSoFar = Math.max(maxFeatureSoFar, feature[node]);
        adjacentSoFar &= right[node] == left[node] + 1;
        next[inNext++] = left[node];
        next[inNext++] = right[node];
      }

      if (inNext == 0) {
        break;
      }

      depthSoFar++;
      level = next;
      inLevel = inNext;
    }

    this.leaves = leavesSoFar;
    this.depth = depthSoFar;
    this.maxFeature = maxFeatureSoFar;
    this.adjacent = adjacentSoFar;
  }

  private static <T> T sameLength(int length, int[] left, T array, String what) {
    if (length != left.length) {
      throw new IllegalArgumentException(
          "it has %s %s, but %s left children".formatted(length, what, left.length));
    }

    return array;
  }

  private void checkLeaf(int node, BitSet rowsSeen) {
    if (leafVectors == null) {
      if (!Float.isFinite(value[node])) {
        throw new IllegalArgumentException(
            "leaf %s has the weight %s, expected a finite number".formatted(node, value[node]));
      }

      return;
    }

    int rows = leafVectors.length / outputs;
    if (right[node] < 0 || right[node] >= rows) {
      throw new IllegalArgumentException(
          "leaf %s has its weights in row %s, but there are %s rows"
              .formatted(node, right[node], rows));
    }

    if (rowsSeen.get(right[node])) {
      throw new IllegalArgumentException(
          "leaf %s has its weights in row %s, which another leaf has already"
              .formatted(node, right[node]));
    }

    rowsSeen.set(right[node]);
    for (int output = 0; output < outputs; output++) {
      float weight = leafVectors[right[node] * outputs + output];
      if (!Float.isFinite(weight)) {
        throw new IllegalArgumentException(
            "leaf %s has the weight %s, expected a finite number".formatted(node, weight));
      }
    }
  }

  private void checkSplit(int node, BitSet seen) {
    checkChild(node, "left", left[node], seen);
    checkChild(node, "right", right[node], seen);
    if (feature[node] < 0) {
      throw new IllegalArgumentException(
          "node %s splits on feature %s, expected 0 or more".formatted(node, feature[node]));
    }

    if (!isCategorical(node)) {
      return;
    }

    int[] listed = categories[node];
    if (listed.length == 0) {
      throw new IllegalArgumentException(
          "node %s lists no category, expected at least one".formatted(node));
    }

    int before = -1;
    for (int category : listed) {
      if (category <= before || category >= MAX_CATEGORIES) {
        throw new IllegalArgumentException(
            "node %s lists category %s after %s, expected ascending codes below %s"
                .formatted(node, category, before, MAX_CATEGORIES));
      }

      before = category;
    }
  }

  private void checkChild(int node, String side, int child, BitSet seen) {
    if (child < 0 || child >= left.length) {
      throw new IllegalArgumentException(
          "node %s has %s child %s, but there are %s nodes"
              .formatted(node, side, child, left.length));
    }

    if (seen.get(child)) {
      throw new IllegalArgumentException(
          "node %s has %s child %s, which another path has reached already"
              .formatted(node, side, child));
    }

    seen.set(child);
  }

  public boolean isLeaf(int node) {
    return left[node] == -1;
  }

  /** Returns the left child of a split. */
  public int left(int node) {
    return left[node];
  }

  /** Returns the right child of a split. */
  public int right(int node) {
    return right[node];
  }

  /** Returns the slot that a split tests. */
  public int feature(int node) {
    return feature[node];
  }

  /** Returns the threshold of a numeric split: smaller slots go left. */
  public float threshold(int node) {
    return value[node];
  }

  /** Returns whether missing slots go left at a split. */
  public boolean missingGoesLeft(int node) {
    return missingGoesLeft[node];
  }

  /** Returns whether the covers of the nodes are known. */
  public boolean hasCovers() {
    return covers != null;
  }

  /** Returns how much of the training data reached a node, as the sum of its Hessians. */
  public float cover(int node) {
    return covers[node];
  }

  /** Returns whether a split tests a set of categories instead of a threshold. */
  public boolean isCategorical(int node) {
    return categories != null && categories[node] != null;
  }

  /** Returns the categories that go right at a categorical split, ascending; not to be changed. */
  public int[] categories(int node) {
    return categories[node];
  }

  /**
   * Returns the leaf of a row, as XGBoost's node id.
   *
   * @param slots slot f of the row is {@code slots[at + f * stride]}
   */
  int leaf(float[] slots, int at, int stride) {
    int node = 0;
    while (!isLeaf(node)) {
      node = goesLeft(node, slots[at + feature[node] * stride]) ? left[node] : right[node];
    }

    return node;
  }

  /** Returns whether a row with this slot goes left at a split; NaN is a missing slot. */
  public boolean goesLeft(int node, float slot) {
    if (Float.isNaN(slot)) {
      return missingGoesLeft[node];
    }

    if (!isCategorical(node)) {
      return slot < value[node];
    }

    boolean isCategory = slot >= 0f && slot < MAX_CATEGORIES;
    return !isCategory || Arrays.binarySearch(categories[node], (int) slot) < 0;
  }

  /** Returns the weight that a leaf adds to an output; in margin units. */
  public float weight(int leaf, int output) {
    return leafVectors == null ? value[leaf] : leafVectors[right[leaf] * outputs + output];
  }

  /** Returns the nodes that paths reach, level after level from the root, left to right. */
  int[] breadthFirst() {
    int[] nodes = new int[2 * leaves - 1];
    int end = 1;
    for (int at = 0; at < end; at++) {
      int node = nodes[at];
      if (!isLeaf(node)) {
        nodes[end++] = left[node];
        nodes[end++] = right[node];
      }
    }

    return nodes;
  }

  /** Returns the splits that paths reach, level after level from the root. */
  public int[] splits() {
    return Arrays.stream(breadthFirst()).filter(node -> !isLeaf(node)).toArray();
  }

  /**
   * Returns this tree with other leaf weights.
   *
   * @param change makes the new weight of a leaf from its weight; not called for leaf vectors
   */
  public Tree withWeights(UnaryOperator<Float> change) {
    float[] changed = value.clone();
    for (int node = 0; node < changed.length; node++) {
      changed[node] = isLeaf(node) ? change.apply(value[node]) : value[node];
    }

    return new Tree(
        left, right, feature, changed, missingGoesLeft, categories, leafVectors, outputs, covers);
  }

  /** Returns the number of weights of a leaf. */
  public int outputs() {
    return outputs;
  }

  /** Returns the number of leaves that a path reaches. */
  public int leaves() {
    return leaves;
  }

  /** Returns the number of splits on the longest path; 0 if the root is a leaf. */
  public int depth() {
    return depth;
  }

  /** Returns the largest feature that a reached node tests; -1 if no reached node is a split. */
  public int maxFeature() {
    return maxFeature;
  }

  /**
   * Returns whether each right child directly follows its left one. libxgboost relies on that, so
   * it cannot score any other tree.
   */
  public boolean hasAdjacentChildren() {
    return adjacent;
  }

  /** Takes a threshold of a feature, in slot units. */
  public interface ThresholdSink {
    void accept(int feature, float threshold);
  }

  /** Passes on the feature and the threshold of each numeric split. */
  public void forEachThreshold(ThresholdSink sink) {
    for (int node = 0; node < left.length; node++) {
      if (feature[node] >= 0 && !isLeaf(node) && !isCategorical(node)) {
        sink.accept(feature[node], value[node]);
      }
    }
  }

  /**
   * Adds the largest category that the splits on a feature list.
   *
   * @param byFeature holds the features of categorical splits, and no others
   */
  public void addLargestCategories(Map<Integer, Integer> byFeature) {
    if (categories == null) {
      return;
    }

    for (int node : splits()) {
      if (isCategorical(node)) {
        int[] listed = categories[node];
        byFeature.merge(feature[node], listed[listed.length - 1], Math::max);
      }
    }
  }
}
