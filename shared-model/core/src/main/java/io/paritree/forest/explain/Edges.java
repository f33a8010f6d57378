package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * The edges of a tree, each from a split to one of its children.
 *
 * <p>They are numbered as a recursion returns from them: first the edges below the left child of a
 * split, then the edge to this child, then the same on the right. So all edges below an edge have
 * smaller numbers.
 */
final class Edges {
  /** A smaller share would make quotients overflow. From XGBoost, {@code BranchWeight}. */
  private static final float MIN_SHARE = 1e-12f;

  /** Covers are sums in float. */
  private static final double MAX_ROUNDING = 1e-6;

  private static final int ALL_BELOW_DONE = -1;

  final int count;

  /** Per edge the edge into the split that it leaves; {@link #count} if this is the root. */
  final int[] parent;

  /** Per edge the last edge above it that tests the same feature; -1 if there is none. */
  final int[] before;

  /** Per edge the split that it leaves, as XGBoost's node id. */
  final int[] split;

  final boolean[] isLeft;

  /** Per edge the node that it leads to, as XGBoost's node id. */
  final int[] node;

  /** Per edge the share of the split's cover that follows it. */
  final float[] share;

  /** The largest number of different features on one path. */
  final int maxFeatures;

  private final Tree tree;

  /**
   * Numbers the edges.
   *
   * @param index the tree's number, for messages
   */
  Edges(Tree tree, int index) {
    this.tree = tree;
    this.count = 2 * tree.leaves() - 2;
    this.parent = new int[count];
    this.before = new int[count];
    this.split = new int[count];
    this.isLeft = new boolean[count];
    this.node = new int[count];
    this.share = new float[count];
    this.maxFeatures = count == 0 ? 0 : number(index);
  }

  static Edges[] of(Forest forest) {
    Edges[] edges = new Edges[forest.trees()];
    Arrays.setAll(edges, index -> new Edges(forest.tree(index), index));
    return edges;
  }

  private void checkCover(int at, int index) {
    if (!tree.hasCovers()) {
      throw new IllegalArgumentException(
          "tree %s has no sum_hessian, which says how much of the training data reached each node"
              .formatted(index));
    }

    if (!(tree.cover(at) >= 0f && tree.cover(at) < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "node %s of tree %s has the sum_hessian %s, expected a finite number of 0 or more"
              .formatted(at, index, tree.cover(at)));
    }
  }

  /** Numbers the edges from the last one down; returns the most features on one path. */
  private int number(int index) {
    checkCover(0, index);
    int[] lastOfFeature = new int[tree.maxFeature() + 1];
    Arrays.fill(lastOfFeature, -1);
    int[] stack = new int[6 * tree.depth() + 4];
    int top = pushChildren(0, count, stack, 0);
    int next = count;
    int features = 0;
    int most = 0;
    while (top > 0) {
      int above = stack[--top];
      int child = stack[--top];
      if (child == ALL_BELOW_DONE) {
        features -= before[above] < 0 ? 1 : 0;
        lastOfFeature[tree.feature(split[above])] = before[above];
        continue;
      }

      checkCover(child, index);
      int edge = --next;
      int from = above == count ? 0 : node[above];
      int feature = tree.feature(from);
      parent[edge] = above;
      before[edge] = lastOfFeature[feature];
      split[edge] = from;
      isLeft[edge] = child == tree.left(from);
      node[edge] = child;
      share[edge] = share(tree.cover(child), tree.cover(from));
      int onPath = features + (before[edge] < 0 ? 1 : 0);
      most = Math.max(most, onPath);
      if (!tree.isLeaf(child)) {
        features = onPath;
        lastOfFeature[feature] = edge;
        stack[top++] = ALL_BELOW_DONE;
        stack[top++] = edge;
        top = pushChildren(child, edge, stack, top);
      }
    }

    return most;
  }

  private int pushChildren(int from, int edge, int[] stack, int top) {
    stack[top] = tree.left(from);
    stack[top + 1] = edge;
    stack[top + 2] = tree.right(from);
    stack[top + 3] = edge;
    return top + 4;
  }

  private static float share(float cover, float ofAll) {
    return ofAll <= 0f ? 0.5f : Math.max(cover / ofAll, MIN_SHARE);
  }

  /**
   * Returns per edge p, as in {@link ExactTree}, for rows that follow it and all edges of its
   * feature above; it is 0 for others.
   */
  float[] followed() {
    float[] followed = new float[count];
    for (int edge = count - 1; edge >= 0; edge--) {
      followed[edge] = (before[edge] < 0 ? 1f : followed[before[edge]]) / share[edge];
    }

    return followed;
  }

  /** Returns per edge the product of the shares of all edges on its path that test its feature. */
  double[] shares() {
    double[] shares = new double[count];
    for (int edge = count - 1; edge >= 0; edge--) {
      shares[edge] = share[edge] * (before[edge] < 0 ? 1.0 : shares[before[edge]]);
    }

    return shares;
  }

  /** Returns per edge to a leaf the leaf's weight times all shares on its path. */
  float[] scales(int output) {
    float[] paths = new float[count + 1];
    float[] scales = new float[count];
    paths[count] = 1f;
    for (int edge = count - 1; edge >= 0; edge--) {
      paths[edge] = paths[parent[edge]] * share[edge];
      scales[edge] = isLeaf(edge) ? paths[edge] * tree.weight(node[edge], output) : 0f;
    }

    return scales;
  }

  /** Returns the slot that an edge's split tests. */
  int feature(int edge) {
    return tree.feature(split[edge]);
  }

  boolean isLeaf(int edge) {
    return tree.isLeaf(node[edge]);
  }

  /** Returns whether the shares of both edges of each split add up to 1, up to rounding. */
  boolean haveWholeShares() {
    double[] sums = new double[count + 1];
    for (int edge = 0; edge < count; edge++) {
      sums[parent[edge]] += share[edge];
      if (!isLeft[edge] && !(Math.abs(sums[parent[edge]] - 1) <= MAX_ROUNDING)) {
        return false;
      }
    }

    return true;
  }

  /** Returns the largest absolute weight of a leaf. */
  float largestWeight() {
    float largest = 0f;
    for (int edge = 0; edge < count; edge++) {
      for (int output = 0; output < tree.outputs() && isLeaf(edge); output++) {
        largest = Math.max(largest, Math.abs(tree.weight(node[edge], output)));
      }
    }

    return largest;
  }

  /** Returns a number above the ids of all nodes that edges lead to. */
  int nodes() {
    return 1 + Arrays.stream(node).max().orElse(0);
  }

  /** Returns the distinct features of all splits. */
  int[] features() {
    return Arrays.stream(split).map(tree::feature).distinct().toArray();
  }

  /**
   * Returns what the trees add to each output on average, by the covers. Sums are in double, as in
   * XGBoost's {@code FillRootMeanValue}.
   *
   * @param edges of the trees, in order
   */
  static float[] means(Forest forest, Edges[] edges) {
    double[] sums = new double[forest.outputs()];
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      if (tree.outputs() == 1) {
        sums[forest.outputOf(index)] += edges[index].mean() * forest.factor(index);
        continue;
      }

      double[] ofTree = edges[index].means();
      for (int output = 0; output < ofTree.length; output++) {
        sums[output] += ofTree[output] * forest.factor(index);
      }
    }

    float[] means = new float[sums.length];
    for (int output = 0; output < means.length; output++) {
      means[output] = (float) sums[output];
    }

    return means;
  }

  /**
   * Writes the last contribution of each output: what the trees add on average, and what the margin
   * of the row begins with.
   *
   * @param slots slot f of row r is {@code slots[r * rowStride + f * featureStride]}
   */
  static void writeBases(
      float[] means,
      Forest forest,
      float[] slots,
      int rowStride,
      int featureStride,
      int rows,
      float[] contributions) {
    int to = forest.modelWidth();
    for (int row = 0; row < rows; row++) {
      for (int output = 0; output < means.length; output++, to += forest.modelWidth() + 1) {
        contributions[to] =
            means[output] + forest.begin(slots, row * rowStride, featureStride, output);
      }
    }
  }

  private double mean() {
    if (count == 0) {
      return tree.weight(0, 0);
    }

    double[] mean = new double[count + 1];
    double[] left = new double[count + 1];
    for (int edge = 0; edge < count; edge++) {
      int child = node[edge];
      double below = isLeaf(edge) ? tree.weight(child, 0) : mean[edge];
      int above = parent[edge];
      if (isLeft[edge]) {
        left[above] = below;
        continue;
      }

      int from = split[edge];
      float cover = tree.cover(from);
      mean[above] =
          cover == 0f
              ? 0.5 * (left[above] + below)
              : (left[above] * tree.cover(tree.left(from)) + below * tree.cover(tree.right(from)))
                  / cover;
    }

    return mean[count];
  }

  /** Returns the means of leaf vectors: XGBoost adds the leaves from left to right. */
  private double[] means() {
    double[] means = new double[tree.outputs()];
    double[] reach = new double[count + 1];
    reach[count] = 1.0;
    for (int edge = count - 1; edge >= 0; edge--) {
      float cover = tree.cover(split[edge]);
      double above = reach[parent[edge]];
      reach[edge] = cover == 0f ? above * 0.5 : above * tree.cover(node[edge]) / cover;
    }

    if (count == 0) {
      addLeaf(0, 1.0, means);
    }

    for (int edge = 0; edge < count; edge++) {
      if (isLeaf(edge)) {
        addLeaf(node[edge], reach[edge], means);
      }
    }

    return means;
  }

  private void addLeaf(int leaf, double reach, double[] means) {
    for (int output = 0; output < means.length; output++) {
      means[output] += reach * tree.weight(leaf, output);
    }
  }
}
