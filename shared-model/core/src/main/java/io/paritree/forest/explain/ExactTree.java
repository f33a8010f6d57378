package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * One tree, for contributions with the bits of XGBoost 3.4: all steps as XGBoost does them.
 *
 * <p>{@link ExactLanes} is faster, but not for each tree. Immutable and thread-safe.
 */
final class ExactTree {

  /*
   * What XGBoost does, for one row and output (QuadratureTreeShapRunner in shap.cc), all in float:
   *
   *   walk(node, c[8], w) -> h[8]
   *     leaf:  h = (c * (w * leaf weight)) * weight of the point
   *     split: for the left child, then for the right one:
   *       p     = the row follows the edge ? (pBefore or 1) / share of the edge : 0
   *       a     = p - 1
   *       c'    = c * (1 + a * node of the point), / (1 + aBefore * node) if the feature had a p
   *       h'    = walk(child, c', w * share)
   *       phi  += sum of a * h' / (1 + a * node), - sum of aBefore * h' / (1 + aBefore * node)
   *     h = h' of the left + h' of the right
   *
   * p has one of two values per edge, because a p of 0 stays 0: one for rows that follow all edges
   * of the feature so far, and 0. Where a is 0, XGBoost leaves its terms out. Edges have the numbers
   * of Edges: counting down visits parents first, counting up returns from the edges in XGBoost's
   * order. No addition or product may change its place.
   *
   * ExactLanes does the terms that XGBoost leaves out, which adds 0 or divides by 1.
   */

  /** A larger c, or sum of h, could overflow, and 0 times infinity is not 0. */
  private static final double MAX = 1e30;

  private final Tree tree;
  private final Edges edges;
  private final float[] followed;
  private final float[] scales;

  /**
   * @param output of the tree's own outputs: 0 unless its leaves are vectors
   */
  ExactTree(Tree tree, Edges edges, int output) {
    this.tree = tree;
    this.edges = edges;
    this.followed = edges.followed();
    this.scales = edges.scales(output);
  }

  /** Returns whether {@link ExactLanes} has the same bits for a tree, and can walk it. */
  static boolean isUsual(Tree tree, Edges edges) {
    float[] followed = edges.followed();
    double[] largest = new double[edges.count + 1];
    largest[edges.count] = 1;
    double max = 1;
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      largest[edge] = largest[edges.parent[edge]] * Math.max(1, followed[edge]);
      max = Math.max(max, largest[edge]);
    }

    for (int output = 0; output < tree.outputs(); output++) {
      float[] scales = edges.scales(output);
      double sum = 0;
      for (int edge = 0; edge < edges.count; edge++) {
        sum += largest[edge] * Math.abs(scales[edge]);
      }

      max = Math.max(max, sum);
    }

    return tree.depth() <= LaneMemory.MAX_DEPTH && max < MAX;
  }

  /**
   * Adds the contributions of a row.
   *
   * @param slots slot f of the row is {@code slots[at + f]}
   * @param factor of the tree
   * @param sums receives the contributions from {@code to} on
   */
  void add(float[] slots, int at, float factor, float[] sums, int to) {
    boolean[] follows = new boolean[edges.count];
    float[] alphas = new float[edges.count];
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int node = edges.split[edge];
      int before = edges.before[edge];
      boolean goesLeft = tree.goesLeft(node, slots[at + tree.feature(node)]);
      follows[edge] = goesLeft == edges.isLeft[edge] && (before < 0 || follows[before]);
      alphas[edge] = (follows[edge] ? followed[edge] : 0f) - 1f;
    }

    float[] points = new float[Math.multiplyExact(POINTS, edges.count + 1)];
    Arrays.fill(points, POINTS * edges.count, points.length, 1f);
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      float before = before(edge, alphas);
      for (int point = 0; point < POINTS; point++) {
        float node = Quadrature.node(point);
        float c = points[POINTS * edges.parent[edge] + point] * (1f + alphas[edge] * node);
        c = before == 0f ? c : c / (1f + before * node);
        points[POINTS * edge + point] =
            edges.isLeaf(edge) ? c * scales[edge] * Quadrature.weight(point) : c;
      }
    }

    float[] phi = new float[tree.maxFeature() + 1];
    for (int edge = 0; edge < edges.count; edge++) {
      phi[edges.feature(edge)] += share(edge, alphas, points);
      for (int point = 0; point < POINTS; point++) { // the left edge is the first of both
        float h = points[POINTS * edge + point];
        int above = POINTS * edges.parent[edge] + point;
        points[above] = edges.isLeft[edge] ? h : points[above] + h;
      }
    }

    for (int feature : edges.features()) {
      sums[to + feature] += phi[feature] * factor;
    }
  }

  private float before(int edge, float[] alphas) {
    return edges.before[edge] < 0 ? 0f : alphas[edges.before[edge]];
  }

  private float share(int edge, float[] alphas, float[] points) {
    float share = 0f;
    for (int point = 0; point < POINTS && alphas[edge] != 0f; point++) {
      float h = points[POINTS * edge + point];
      share += alphas[edge] * h / (1f + alphas[edge] * Quadrature.node(point));
    }

    float before = before(edge, alphas);
    for (int point = 0; point < POINTS && before != 0f; point++) {
      float h = points[POINTS * edge + point];
      share -= before * h / (1f + before * Quadrature.node(point));
    }

    return share;
  }
}
