package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import io.paritree.forest.Tree;

/**
 * One tree, for contributions with the bits of XGBoost 3.4.
 *
 * <p>Immutable and thread-safe.
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
   * p, and so each factor 1 + a * node, has one of two values per edge, because a p of 0 stays 0:
   * one for rows that follow all edges of the feature so far, and 0. The factors are prepared.
   * Edges have the numbers of Edges, so counting down visits parents first and counting up returns
   * from the edges in XGBoost's order. Neither an addition nor a product may change its place.
   */
  private static final float[] WEIGHTS = new float[POINTS];

  static {
    for (int point = 0; point < POINTS; point++) {
      WEIGHTS[point] = Quadrature.weight(point);
    }
  }

  private final Tree tree;
  private final Edges edges;

  /** Per edge p - 1 for rows that follow; for the others it is -1. */
  private final float[] alphas;

  /** The 8 factors of rows that do not follow, then those of the rows that do, edge after edge. */
  private final float[] factors;

  /** Per output and edge to a leaf, the leaf's weight times all shares on its path. */
  private final float[][] scales;

  private final int[] features;

  ExactTree(Tree tree, Edges edges) {
    this.tree = tree;
    this.edges = edges;
    this.features = edges.features();
    this.alphas = new float[edges.count];
    this.factors = new float[POINTS * (edges.count + 1)];
    this.scales = new float[tree.outputs()][edges.count];
    float[] paths = new float[edges.count + 1];
    float[] followed = new float[edges.count];
    paths[edges.count] = 1f;
    fillFactors(0, -1f);
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      float share = edges.share[edge];
      int before = edges.before[edge];
      followed[edge] = before < 0 ? 1f / share : followed[before] / share;
      alphas[edge] = followed[edge] - 1f;
      fillFactors(POINTS * (edge + 1), alphas[edge]);
      paths[edge] = paths[edges.parent[edge]] * share;
      for (int output = 0; output < scales.length && edges.isLeaf(edge); output++) {
        scales[output][edge] = paths[edge] * tree.weight(edges.node[edge], output);
      }
    }
  }

  private void fillFactors(int from, float alpha) {
    for (int point = 0; point < POINTS; point++) {
      factors[from + point] = 1f + alpha * Quadrature.node(point);
    }
  }

  /** Returns the number of floats of working memory for trees of this many edges. */
  static int points(int edges) {
    return Math.multiplyExact(POINTS, edges + 1);
  }

  int edges() {
    return edges.count;
  }

  /**
   * Adds the contributions of a row.
   *
   * @param output of the tree's own outputs: 0 unless its leaves are vectors
   * @param slots slot f of the row is {@code slots[at + f * stride]}
   * @param factor of the tree
   * @param follows working memory, one per edge
   * @param points working memory, {@link #points}
   * @param phi working memory, one per feature; all zero before and after
   * @param sums receives the contributions from {@code to} on
   */
  void add(
      int output,
      float[] slots,
      int at,
      int stride,
      float factor,
      boolean[] follows,
      float[] points,
      float[] phi,
      float[] sums,
      int to) {
    follow(slots, at, stride, follows);
    descend(output, follows, points);
    ascend(follows, points, phi);
    for (int feature : features) {
      sums[to + feature] += phi[feature] * factor;
      phi[feature] = 0f;
    }
  }

  /** Finds the edges that a row follows, together with all edges of the feature above. */
  private void follow(float[] slots, int at, int stride, boolean[] follows) {
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int split = edges.split[edge];
      boolean goesLeft = tree.goesLeft(split, slots[at + tree.feature(split) * stride]);
      int before = edges.before[edge];
      follows[edge] = goesLeft == edges.isLeft[edge] && (before < 0 || follows[before]);
    }
  }

  private int factorsAt(int edge, boolean follows) {
    return follows ? POINTS * (edge + 1) : 0;
  }

  /** Writes c per edge, and h per edge to a leaf. */
  private void descend(int output, boolean[] follows, float[] points) {
    float[] factors = this.factors;
    float[] scales = this.scales[output];
    java.util.Arrays.fill(points, POINTS * edges.count, POINTS * (edges.count + 1), 1f);
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int from = POINTS * edges.parent[edge];
      int to = POINTS * edge;
      int by = factorsAt(edge, follows[edge]);
      int before = edges.before[edge];
      float scale = scales[edge];
      boolean isLeaf = edges.isLeaf(edge);
      boolean divides = before >= 0 && (follows[before] ? alphas[before] : -1f) != 0f;
      int through = divides ? factorsAt(before, follows[before]) : 0;
      for (int point = 0; point < POINTS; point++) {
        float c = points[from + point] * factors[by + point];
        if (divides) {
          c /= factors[through + point];
        }

        points[to + point] = isLeaf ? c * scale * WEIGHTS[point] : c;
      }
    }
  }

  /** Replaces c by h, from the leaves up. */
  private void ascend(boolean[] follows, float[] points, float[] phi) {
    for (int edge = 0; edge < edges.count; edge++) {
      int from = POINTS * edge;
      float sum = 0f;
      float alpha = follows[edge] ? alphas[edge] : -1f;
      if (alpha != 0f) {
        int by = factorsAt(edge, follows[edge]);
        for (int point = 0; point < POINTS; point++) {
          sum += alpha * points[from + point] / factors[by + point];
        }
      }

      int before = edges.before[edge];
      float alphaBefore = before < 0 ? 0f : follows[before] ? alphas[before] : -1f;
      if (alphaBefore != 0f) {
        int by = factorsAt(before, follows[before]);
        for (int point = 0; point < POINTS; point++) {
          sum -= alphaBefore * points[from + point] / factors[by + point];
        }
      }

      phi[edges.feature(edge)] += sum;
      int to = POINTS * edges.parent[edge];
      for (int point = 0; point < POINTS; point++) {
        float h = points[from + point];
        points[to + point] = edges.isLeft[edge] ? h : points[to + point] + h;
      }
    }
  }
}
