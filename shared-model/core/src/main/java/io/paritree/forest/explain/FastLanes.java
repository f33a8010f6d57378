package io.paritree.forest.explain;

import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * One tree and one of its outputs, for fast contributions of blocks.
 *
 * <p>Immutable and thread-safe.
 */
final class FastLanes {

  /*
   * The contribution of a feature i with a leaf on whose path it is, is an integral over t:
   *
   *   weight * (o_i - z_i) * product over the other features j on the path of (z_j * (1-t) + o_j * t)
   *
   * where z_j is the product of the shares of all edges that test j, and o_j is 1 if the row follows
   * them, otherwise 0. The quadrature takes the integrand at a few points. At a point, let c of a
   * split be the product over the edges from the root to it, and g of a node the sum over the leaves
   * below it of the weight and the product over the edges from the node to the leaf. So at a split,
   * where s is the share of the left edge, e = 1 - s if the row goes left and -s if it goes right, and
   * d = g of the left child - g of the right one:
   *
   *   factor of the left edge  = s + e * t, of the right edge 1 - this factor
   *   contribution             = e * integral of c * d
   *   g                        = g of the right child + (s + e * t) * d
   *
   * because both shares add up to 1. If an edge above tests the same feature, these are c, g and
   * contributions beyond the shares of that edge: with its z, and b = z * (1-t) + t, t becomes t / b, and
   * the contribution has the factor z / b^2. If the row does not follow that edge, both are 0: the
   * edges below contribute nothing to this feature. All terms are sums of products of shares.
   *
   * So a split needs one constant, and each point of a repeated feature two. With up to 8 features on
   * a path the rule of Gauss and Legendre of half as many points is exact; for more, XGBoost's own
   * points are used, to be as inexact as they are.
   *
   * One row (FastTrees) and a block are computed by different loops, but by the same operations in
   * the same order, so that a row has the same bits in both. Do not change one without the other.
   */

  /*
   * The numbers of points: of the exact rules for up to 6 and up to 8 features on a path, and
   * XGBoost's.
   */
  private static final int FEW = 3;
  private static final int SEVERAL = 4;
  private static final int MANY = Quadrature.POINTS;

  /*
   * The numbers of a split: the column of its ranks; the place of its threshold; s; where its t and
   * weights begin; the feature; the children: splits or leaves, which are numbered from the number
   * of splits on. Floats are stored as their bits.
   */
  private static final int COLUMN = 0;
  private static final int PLACE = 1;
  private static final int SHARE = 2;
  private static final int TERMS = 3;
  private static final int FEATURE = 4;
  private static final int ON_LEFT = 5;
  private static final int ON_RIGHT = 6;
  private static final int RECORD = 7;

  private final int points;

  /** The number of splits. A split has a larger number than the one above it. */
  private final int count;

  private final int[] records;

  /** Per split the categories that go left; null if it has a threshold. */
  private final Ranks.CategorySet[] sets;

  private final float[] weights;

  /**
   * The t and, after them, the weights of all points: of a feature that no edge above tests, then
   * of each split of a repeated feature.
   */
  private final float[] terms;

  /** Per split the level below the last edge above that tests the same feature; 0 if none does. */
  private final int[] aboves;

  /** Per split whether an edge below tests the same feature again. */
  private final boolean[] recurs;

  FastLanes(Levels.Part part, Ranks ranks) {
    Tree tree = part.tree();
    Edges edges = part.edges();
    this.points = points(edges);
    this.count = edges.count / 2;
    this.records = new int[RECORD * count];
    this.sets = new Ranks.CategorySet[count];
    this.weights = new float[count + 1];
    this.aboves = new int[count];
    this.recurs = new boolean[count];

    int[] splitOf = new int[edges.nodes()];
    int[] levels = new int[edges.count + 1];
    double[] shares = edges.shares();
    float[] constants = new float[2 * points * (count + 1)];
    int next = 0;
    int nextLeaf = 0;
    int nextTerm = fill(constants, 0, points, 1);

    // Counting down visits a split's right edge first, and all above it before it.
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int before = edges.before[edge];
      levels[edge] = levels[edges.parent[edge]] + 1;
      if (!edges.isLeft[edge]) {
        int split = next++;
        int node = edges.split[edge];
        splitOf[node] = split;
        set(split, COLUMN, ranks.column(tree, node));
        set(split, PLACE, ranks.place(tree, node));
        sets[split] = Ranks.CategorySet.of(tree, node);
        set(split, FEATURE, edges.feature(edge));
        set(split, TERMS, 0);
        if (before >= 0) {
          recurs[splitOf[edges.split[before]]] = true;
          aboves[split] = levels[before];
          set(split, TERMS, nextTerm);
          nextTerm = fill(constants, nextTerm, points, shares[before]);
        }
      }

      int split = splitOf[edges.split[edge]];
      if (edges.isLeft[edge]) {
        set(split, SHARE, Float.floatToRawIntBits(edges.share[edge]));
      }

      if (edges.isLeaf(edge)) {
        weights[nextLeaf] = tree.weight(edges.node[edge], part.vector()) * part.factor();
        set(split, edges.isLeft[edge] ? ON_LEFT : ON_RIGHT, count + nextLeaf++);
      }
    }

    for (int edge = 0; edge < edges.count; edge++) {
      if (!edges.isLeaf(edge)) {
        int split = splitOf[edges.split[edge]];
        set(split, edges.isLeft[edge] ? ON_LEFT : ON_RIGHT, splitOf[edges.node[edge]]);
      }
    }

    this.terms = Arrays.copyOf(constants, nextTerm);
  }

  /** Returns the number of points for a tree: of an exact rule, or XGBoost's. */
  static int points(Edges edges) {
    if (edges.maxFeatures <= 2 * FEW) {
      return FEW;
    }

    return edges.maxFeatures <= 2 * SEVERAL ? SEVERAL : MANY;
  }

  /** Fills in t and, after them, the weights below an edge with the share z; returns the end. */
  static int fill(float[] to, int from, int points, double z) {
    double[] at = new double[points];
    double[] weights = new double[points];
    Quadrature.fill(at, weights);
    for (int point = 0; point < points; point++) {
      double b = z * (1 - at[point]) + at[point];
      to[from + point] = (float) (at[point] / b);
      to[from + points + point] = (float) (weights[point] * z / (b * b));
    }

    return from + 2 * points;
  }

  private void set(int split, int what, int value) {
    records[split * RECORD + what] = value;
  }

  private int of(int split, int what) {
    return records[split * RECORD + what];
  }

  private float share(int split) {
    return Float.intBitsToFloat(of(split, SHARE));
  }

  private float weight(int leaf) {
    return weights[leaf - count];
  }

  /** Adds the tree's contributions to the sums of a block. */
  void add(LaneMemory block) {
    if (count > 0) {
      for (int point = 0; point < points; point++) {
        Arrays.fill(block.path(0, point), 0, block.rows(), 1f);
      }

      walk(0, 0, 0, block);
    }
  }

  /** Writes g of a split, and adds the contributions below it; c is in the lanes of its level. */
  private void walk(int split, int level, int to, LaneMemory block) {
    int rows = block.rows();
    float[] u = aboves[split] == 0 ? null : block.follows(aboves[split]);
    float[] v = block.goesLeft(level);
    float[] e = block.steps(level);
    block.decide(v, of(split, COLUMN), of(split, PLACE), sets[split]);
    Lanes.subtract(e, v, share(split), rows);
    if (recurs[split] && u != null) {
      Lanes.multiply(v, u, rows);
    }

    int left = of(split, ON_LEFT);
    if (left < count) {
      if (recurs[split]) {
        System.arraycopy(v, 0, block.follows(level + 1), 0, rows);
      }

      descendLeft(split, level, e, u, block);
      walk(left, level + 1, to, block);
    }

    int right = of(split, ON_RIGHT);
    if (right < count) {
      if (recurs[split]) {
        Lanes.subtract(block.follows(level + 1), u == null ? block.ones() : u, v, rows);
      }

      descendRight(split, level, e, u, block);
      walk(right, level + 1, to + 1, block);
    }

    float[] sum = block.share();
    if (left >= count && right >= count) {
      addPair(split, level, to, e, u, sum, block);
    } else {
      ascend(split, level, to, e, u, sum, block);
    }

    Lanes.addProduct(block.phi(of(split, FEATURE)), e, sum, rows);
  }

  private void descendLeft(int split, int level, float[] e, float[] u, LaneMemory block) {
    float s = share(split);
    int first = of(split, TERMS);
    for (int point = 0; point < points; point++) {
      float[] to = block.path(level + 1, point);
      float[] c = block.path(level, point);
      if (u == null) {
        Lanes.descend(to, c, s, e, terms[first + point], block.rows());
      } else {
        Lanes.descend(to, c, s, e, u, terms[first + point], block.rows());
      }
    }
  }

  private void descendRight(int split, int level, float[] e, float[] u, LaneMemory block) {
    if (of(split, ON_LEFT) >= count) {
      descendLeft(split, level, e, u, block);
    }

    for (int point = 0; point < points; point++) {
      float[] to = block.path(level + 1, point);
      Lanes.subtract(to, block.path(level, point), to, block.rows());
    }
  }

  /** Writes g of a split with at most one leaf, and the integral of c * d. */
  private void ascend(
      int split, int level, int to, float[] e, float[] u, float[] sum, LaneMemory block) {
    int rows = block.rows();
    float s = share(split);
    int first = of(split, TERMS);
    int left = of(split, ON_LEFT);
    int right = of(split, ON_RIGHT);
    float[] leaf = block.leaf();
    if (Math.max(left, right) >= count) {
      Arrays.fill(leaf, 0, rows, weight(Math.max(left, right)));
    }

    Arrays.fill(sum, 0, rows, 0f);
    for (int point = 0; point < points; point++) {
      float[] g = block.sum(to, point);
      float[] ofLeft = left < count ? g : leaf;
      float[] ofRight = right < count ? block.sum(to + 1, point) : leaf;
      float[] c = block.path(level, point);
      float t = terms[first + point];
      float w = terms[first + points + point];
      if (u == null) {
        Lanes.ascend(g, sum, ofLeft, ofRight, c, s, e, t, w, rows);
      } else {
        Lanes.ascend(g, sum, ofLeft, ofRight, c, s, e, u, t, w, rows);
      }
    }
  }

  /** The same as {@link #ascend} for two leaves, whose difference is the same in each lane. */
  private void addPair(
      int split, int level, int to, float[] e, float[] u, float[] sum, LaneMemory block) {
    int rows = block.rows();
    float s = share(split);
    int first = of(split, TERMS);
    float ofRight = weight(of(split, ON_RIGHT));
    float d = weight(of(split, ON_LEFT)) - ofRight;
    Arrays.fill(sum, 0, rows, 0f);
    for (int point = 0; point < points; point++) {
      float[] g = block.sum(to, point);
      float[] c = block.path(level, point);
      float t = terms[first + point];
      float w = terms[first + points + point];
      if (u == null) {
        Lanes.addPair(g, sum, ofRight, d, c, s, e, t, w, rows);
      } else {
        Lanes.addPair(g, sum, ofRight, d, c, s, e, u, t, w, rows);
      }
    }
  }
}
