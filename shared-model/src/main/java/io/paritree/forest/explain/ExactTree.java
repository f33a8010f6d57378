package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import io.paritree.forest.Tree;
import java.util.Arrays;

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
   * p has one of two values per edge, because a p of 0 stays 0: one for rows that follow all edges
   * of the feature so far, and 0. So a is prepared, and all factors 1 + a * node and all quotients
   * of a tree are computed in two long loops, which the compiler vectorizes. Edges have the numbers
   * of Edges: counting down visits parents first, counting up returns from the edges in XGBoost's
   * order. No addition or product may change its place.
   */
  private static final float WEIGHT0 = Quadrature.weight(0);
  private static final float WEIGHT1 = Quadrature.weight(1);
  private static final float WEIGHT2 = Quadrature.weight(2);
  private static final float WEIGHT3 = Quadrature.weight(3);
  private static final float WEIGHT4 = Quadrature.weight(4);
  private static final float WEIGHT5 = Quadrature.weight(5);
  private static final float WEIGHT6 = Quadrature.weight(6);
  private static final float WEIGHT7 = Quadrature.weight(7);

  private final Tree tree;
  private final Edges edges;

  /** Per edge a for rows that do not follow, which is -1, and for those that do. */
  private final float[] alphas;

  /** Per output and edge to a leaf, the leaf's weight times all shares on its path. */
  private final float[][] scales;

  private final int[] features;
  private final int[] edgeFeature;

  /** The nodes of the splits; a split is after the one above it. */
  private final int[] splits;

  private final int[] leftEdges;
  private final int[] rightEdges;
  private final int[] parent;

  /** Per edge the place of its split in {@link #splits}. */
  private final int[] splitOf;

  /** Per edge 1 if it leads to the right, otherwise 0. */
  private final int[] flips;

  /** As in {@link Edges}, but the number of edges if there is none. */
  private final int[] before;

  private final boolean[] isLeaf;

  /** For blocks; null if rows may only be explained one by one. */
  private final ExactLanes lanes;

  ExactTree(Tree tree, Edges edges, Ranks ranks) {
    this.tree = tree;
    this.edges = edges;
    this.features = edges.features();
    this.alphas = new float[2 * edges.count];
    this.splits = new int[edges.count / 2];
    this.leftEdges = new int[splits.length];
    this.rightEdges = new int[splits.length];
    this.parent = edges.parent;
    this.splitOf = new int[edges.count];
    this.flips = new int[edges.count];
    this.before = new int[edges.count];
    int[] places = new int[edges.nodes()];
    int next = 0;
    this.edgeFeature = new int[edges.count];
    this.isLeaf = new boolean[edges.count];
    this.scales = new float[tree.outputs()][edges.count];
    float[] paths = new float[edges.count + 1];
    float[] followed = new float[edges.count];
    paths[edges.count] = 1f;
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      float share = edges.share[edge];
      int above = edges.before[edge];
      followed[edge] = above < 0 ? 1f / share : followed[above] / share;
      alphas[2 * edge] = -1f;
      alphas[2 * edge + 1] = followed[edge] - 1f;
      before[edge] = above < 0 ? edges.count : above;
      if (!edges.isLeft[edge]) { // the first of both, and after all edges above
        places[edges.split[edge]] = next;
        splits[next++] = edges.split[edge];
      }

      splitOf[edge] = places[edges.split[edge]];
      (edges.isLeft[edge] ? leftEdges : rightEdges)[splitOf[edge]] = edge;
      flips[edge] = edges.isLeft[edge] ? 0 : 1;
      edgeFeature[edge] = edges.feature(edge);
      isLeaf[edge] = edges.isLeaf(edge);
      paths[edge] = paths[edges.parent[edge]] * share;
      for (int output = 0; output < scales.length && edges.isLeaf(edge); output++) {
        scales[output][edge] = paths[edge] * tree.weight(edges.node[edge], output);
      }
    }

    this.lanes =
        ExactLanes.areFor(tree, edges, followed)
            ? new ExactLanes(tree, edges, followed, scales, ranks)
            : null;
  }

  /** Returns what explains blocks; null if rows may only be explained one by one. */
  ExactLanes lanes() {
    return lanes;
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
   * @param sums receives the contributions from {@code to} on
   */
  void add(
      int output,
      float[] slots,
      int at,
      int stride,
      float factor,
      RowMemory memory,
      float[] sums,
      int to) {
    follow(slots, at, stride, memory);
    spread(memory);
    descend(output, memory);
    ascend(memory.points);
    divide(POINTS * edges.count, memory.alphas, memory.points, memory.factors, memory.terms);
    float[] phi = memory.phi;
    addUp(memory, phi);
    for (int feature : features) {
      sums[to + feature] += phi[feature] * factor;
      phi[feature] = 0f;
    }
  }

  /** Finds the edges that a row follows, together with all edges of the feature above. */
  private void follow(float[] slots, int at, int stride, RowMemory memory) {
    int[] goesLeft = memory.goesLeft;
    for (int split = 0; split < splits.length; split++) {
      int node = splits[split];
      goesLeft[split] = tree.goesLeft(node, slots[at + tree.feature(node) * stride]) ? 1 : 0;
    }

    int[] follows = memory.follows;
    follows[edges.count] = 1;
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      follows[edge] = (goesLeft[splitOf[edge]] ^ flips[edge]) & follows[before[edge]];
    }
  }

  /** Writes a and the factors; the second loop is long, so that the compiler vectorizes it. */
  private void spread(RowMemory memory) {
    float[] spread = memory.alphas;
    int[] follows = memory.follows;
    for (int edge = 0; edge < edges.count; edge++) {
      float alpha = alphas[2 * edge + follows[edge]];
      int at = POINTS * edge;
      spread[at] = alpha;
      spread[at + 1] = alpha;
      spread[at + 2] = alpha;
      spread[at + 3] = alpha;
      spread[at + 4] = alpha;
      spread[at + 5] = alpha;
      spread[at + 6] = alpha;
      spread[at + 7] = alpha;
    }

    multiply(POINTS * edges.count, spread, memory.nodes, memory.factors);
  }

  private static void multiply(int count, float[] alphas, float[] nodes, float[] factors) {
    for (int at = 0; at < count; at++) {
      factors[at] = 1f + alphas[at] * nodes[at];
    }
  }

  private static void divide(
      int count, float[] alphas, float[] points, float[] factors, float[] terms) {
    for (int at = 0; at < count; at++) {
      terms[at] = alphas[at] * points[at] / factors[at];
    }
  }

  /** Writes c per edge, and h per edge to a leaf. */
  private void descend(int output, RowMemory memory) {
    float[] points = memory.points;
    float[] factors = memory.factors;
    Arrays.fill(points, POINTS * edges.count, POINTS * (edges.count + 1), 1f);
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int from = POINTS * parent[edge];
      int to = POINTS * edge;
      int above = POINTS * before[edge];
      boolean divides = above < POINTS * edges.count && memory.alphas[above] != 0f;
      if (isLeaf[edge] && !divides) {
        multiply(points, from, to, factors, scales[output][edge]);
        continue;
      }

      multiply(points, from, to, factors);
      if (divides) {
        divide(points, to, factors, above);
      }

      if (isLeaf[edge]) {
        scale(points, to, scales[output][edge]);
      }
    }
  }

  private static void multiply(float[] points, int from, int to, float[] factors, float scale) {
    points[to] = points[from] * factors[to] * scale * WEIGHT0;
    points[to + 1] = points[from + 1] * factors[to + 1] * scale * WEIGHT1;
    points[to + 2] = points[from + 2] * factors[to + 2] * scale * WEIGHT2;
    points[to + 3] = points[from + 3] * factors[to + 3] * scale * WEIGHT3;
    points[to + 4] = points[from + 4] * factors[to + 4] * scale * WEIGHT4;
    points[to + 5] = points[from + 5] * factors[to + 5] * scale * WEIGHT5;
    points[to + 6] = points[from + 6] * factors[to + 6] * scale * WEIGHT6;
    points[to + 7] = points[from + 7] * factors[to + 7] * scale * WEIGHT7;
  }

  private static void multiply(float[] points, int from, int to, float[] factors) {
    points[to] = points[from] * factors[to];
    points[to + 1] = points[from + 1] * factors[to + 1];
    points[to + 2] = points[from + 2] * factors[to + 2];
    points[to + 3] = points[from + 3] * factors[to + 3];
    points[to + 4] = points[from + 4] * factors[to + 4];
    points[to + 5] = points[from + 5] * factors[to + 5];
    points[to + 6] = points[from + 6] * factors[to + 6];
    points[to + 7] = points[from + 7] * factors[to + 7];
  }

  private static void divide(float[] points, int at, float[] factors, int by) {
    points[at] /= factors[by];
    points[at + 1] /= factors[by + 1];
    points[at + 2] /= factors[by + 2];
    points[at + 3] /= factors[by + 3];
    points[at + 4] /= factors[by + 4];
    points[at + 5] /= factors[by + 5];
    points[at + 6] /= factors[by + 6];
    points[at + 7] /= factors[by + 7];
  }

  private static void scale(float[] points, int at, float scale) {
    points[at] = points[at] * scale * WEIGHT0;
    points[at + 1] = points[at + 1] * scale * WEIGHT1;
    points[at + 2] = points[at + 2] * scale * WEIGHT2;
    points[at + 3] = points[at + 3] * scale * WEIGHT3;
    points[at + 4] = points[at + 4] * scale * WEIGHT4;
    points[at + 5] = points[at + 5] * scale * WEIGHT5;
    points[at + 6] = points[at + 6] * scale * WEIGHT6;
    points[at + 7] = points[at + 7] * scale * WEIGHT7;
  }

  /** Replaces c by h, from the leaves up; the edges below a split are done before its right one. */
  private void ascend(float[] points) {
    for (int split = splits.length - 1; split >= 0; split--) {
      int left = POINTS * leftEdges[split];
      int right = POINTS * rightEdges[split];
      int to = POINTS * parent[rightEdges[split]];
      points[to] = points[left] + points[right];
      points[to + 1] = points[left + 1] + points[right + 1];
      points[to + 2] = points[left + 2] + points[right + 2];
      points[to + 3] = points[left + 3] + points[right + 3];
      points[to + 4] = points[left + 4] + points[right + 4];
      points[to + 5] = points[left + 5] + points[right + 5];
      points[to + 6] = points[left + 6] + points[right + 6];
      points[to + 7] = points[left + 7] + points[right + 7];
    }
  }

  private void addUp(RowMemory memory, float[] phi) {
    float[] terms = memory.terms;
    for (int edge = 0; edge < edges.count; edge++) {
      int from = POINTS * edge;
      float sum = 0f;
      if (memory.alphas[from] != 0f) {
        sum += terms[from];
        sum += terms[from + 1];
        sum += terms[from + 2];
        sum += terms[from + 3];
        sum += terms[from + 4];
        sum += terms[from + 5];
        sum += terms[from + 6];
        sum += terms[from + 7];
      }

      int above = POINTS * before[edge];
      if (above < POINTS * edges.count && memory.alphas[above] != 0f) {
        sum = without(sum, memory.alphas[above], memory.points, from, memory.factors, above);
      }

      phi[edgeFeature[edge]] += sum;
    }
  }

  private static float without(
      float sum, float alpha, float[] points, int from, float[] factors, int by) {
    float rest = sum;
    rest -= alpha * points[from] / factors[by];
    rest -= alpha * points[from + 1] / factors[by + 1];
    rest -= alpha * points[from + 2] / factors[by + 2];
    rest -= alpha * points[from + 3] / factors[by + 3];
    rest -= alpha * points[from + 4] / factors[by + 4];
    rest -= alpha * points[from + 5] / factors[by + 5];
    rest -= alpha * points[from + 6] / factors[by + 6];
    rest -= alpha * points[from + 7] / factors[by + 7];
    return rest;
  }
}
