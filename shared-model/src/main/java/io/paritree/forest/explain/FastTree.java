package io.paritree.forest.explain;

import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * One tree and one of its outputs, for contributions that are fast.
 *
 * <p>Immutable and thread-safe.
 */
final class FastTree {

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
   *   factor of the left edge  = s + e * t, that of the right one = 1 - the left one
   *   contribution             = e * integral of c * d
   *   g                        = g of the right child + (s + e * t) * d
   *
   * because both shares add up to 1. If an edge above tests the same feature, these are c, g and
   * contributions beyond those of that edge: with its z, and b = z * (1-t) + t, t becomes t / b, and
   * the contribution has the factor z / b^2. If the row does not follow that edge, both are 0: what
   * is below contributes nothing to this feature. All terms are sums of products of shares.
   *
   * So a split needs one constant, and each point of a repeated feature two. With up to 8 features on
   * a path the rule of Gauss and Legendre of half as many points is exact; for more, XGBoost's own
   * points are used, to be as inexact as they are.
   *
   * One row and a block are computed by different loops, but by the same operations in the same
   * order, so that a row has the same bits in both. Do not change one without the other.
   */

  /*
   * The numbers of points: of the exact rules for up to 6 and up to 8 features on a path, and
   * XGBoost's. The loops over points are written out for these, as the compiler does not do it.
   */
  private static final int FEW = 3;
  private static final int SEVERAL = 4;
  private static final int MANY = Quadrature.POINTS;

  /*
   * The numbers of a split, side by side in memory, because those of a large forest are not in the
   * caches: the column of its ranks; the place of its threshold, or -1 for categories; s; the last edge above that tests the
   * same feature, as twice its split plus 1 on the right, or twice the number of splits; where its t
   * and weights begin; the feature; the children: splits or leaves, which are numbered from the
   * number of splits on. Floats are stored as their bits.
   */
  private static final int COLUMN = 0;
  private static final int PLACE = 1;
  private static final int SHARE = 2;
  private static final int ABOVE = 3;
  private static final int TERMS = 4;
  private static final int FEATURE = 5;
  private static final int ON_LEFT = 6;
  private static final int ON_RIGHT = 7;
  private static final int RECORD = 8;
  private static final int CATEGORIES = -1;

  private final int points;

  /** The number of splits. A split has a larger number than the one above it. */
  private final int count;

  private final int[] records;

  /** Per split the categories that go left; null if it has a threshold. */
  private final CategorySet[] sets;

  /** The splits above other splits, ascending. */
  private final int[] inner;

  /** The splits above two leaves. */
  private final int[] pairs;

  /** The leaves below inner splits. */
  private final int[] mixed;

  /** Per leaf its weight. */
  private final float[] weights;

  /**
   * The t and, after them, the weights of all points: zeros, then those of a feature that no edge
   * above tests, then those of each split of a repeated feature.
   */
  private final float[] terms;

  /** Per split the level below the last edge above that tests the same feature; 0 if none does. */
  private final int[] aboves;

  /** Per split whether an edge below tests the same feature again. */
  private final boolean[] recurs;

  /**
   * Prepares a tree.
   *
   * @param output of the tree's own outputs: 0 unless its leaves are vectors
   * @param factor of the tree's leaves
   */
  FastTree(Tree tree, Edges edges, int output, float factor, Ranks ranks) {
    this.points =
        edges.maxFeatures <= 2 * FEW ? FEW : edges.maxFeatures <= 2 * SEVERAL ? SEVERAL : MANY;
    this.count = edges.count / 2;
    this.records = new int[RECORD * count];
    this.sets = new CategorySet[count];
    this.weights = new float[count + 1];
    this.aboves = new int[count];
    this.recurs = new boolean[count];

    double[] at = new double[points];
    double[] weightsOfPoints = new double[points];
    Quadrature.fill(at, weightsOfPoints);
    int[] splitOf = new int[edges.nodes()];
    int[] levels = new int[edges.count + 1];
    double[] shares = new double[edges.count];
    float[] constants = new float[2 * points * (count + 2)];
    int next = 0;
    int nextLeaf = 0;
    int nextTerm = fill(constants, 2 * points, 1, at, weightsOfPoints);

    // Counting down visits a split's right edge first, and all above it before it.
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int before = edges.before[edge];
      levels[edge] = levels[edges.parent[edge]] + 1;
      shares[edge] = edges.share[edge] * (before < 0 ? 1.0 : shares[before]);
      if (!edges.isLeft[edge]) {
        int split = next++;
        int node = edges.split[edge];
        splitOf[node] = split;
        set(split, COLUMN, ranks.column(tree, node));
        set(split, PLACE, tree.isCategorical(node) ? CATEGORIES : ranks.place(tree, node));
        sets[split] = CategorySet.of(tree, node);
        set(split, FEATURE, edges.feature(edge));
        set(split, ABOVE, 2 * count);
        set(split, TERMS, 2 * points);
        if (before >= 0) {
          int splitBefore = splitOf[edges.split[before]];
          recurs[splitBefore] = true;
          aboves[split] = levels[before];
          set(split, ABOVE, 2 * splitBefore + (edges.isLeft[before] ? 0 : 1));
          set(split, TERMS, nextTerm);
          nextTerm = fill(constants, nextTerm, shares[before], at, weightsOfPoints);
        }
      }

      int split = splitOf[edges.split[edge]];
      if (edges.isLeft[edge]) {
        set(split, SHARE, Float.floatToRawIntBits(edges.share[edge]));
      }

      if (edges.isLeaf(edge)) {
        weights[nextLeaf] = tree.weight(edges.node[edge], output) * factor;
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
    this.pairs = splits(split -> isPair(split));
    this.inner = splits(split -> !isPair(split));
    this.mixed =
        Arrays.stream(inner)
            .map(split -> Math.max(of(split, ON_LEFT), of(split, ON_RIGHT)))
            .filter(child -> child >= count)
            .toArray();
  }

  /** Fills in t and the weights below an edge with the share z of its feature. */
  private int fill(float[] to, int from, double z, double[] at, double[] weightsOfPoints) {
    for (int point = 0; point < points; point++) {
      double b = z * (1 - at[point]) + at[point];
      to[from + point] = (float) (at[point] / b);
      to[from + points + point] = (float) (weightsOfPoints[point] * z / (b * b));
    }

    return from + 2 * points;
  }

  private int[] splits(java.util.function.IntPredicate are) {
    return java.util.stream.IntStream.range(0, count).filter(are).toArray();
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

  private boolean isPair(int split) {
    return of(split, ON_LEFT) >= count && of(split, ON_RIGHT) >= count;
  }

  private float weight(int leaf) {
    return weights[leaf - count];
  }

  int splits() {
    return count;
  }

  /** Returns the bytes that this takes. */
  long bytes() {
    long bytes = 4L * (records.length + terms.length + weights.length + mixed.length) + 13L * count;
    for (CategorySet set : sets) {
      bytes += set == null ? 0 : set.bytes();
    }

    return bytes;
  }

  /** Adds the contributions of one row to those of its features. */
  void add(RowMemory row) {
    if (count > 0) {
      decide(row);
      descend(row);
      addPairs(row);
      ascend(row);
      float[] phi = row.phi;
      for (int split = count - 1; split >= 0; split--) {
        phi[records[split * RECORD + FEATURE]] += row.gains[split];
      }
    }
  }

  /** Writes e, and where the terms of all splits begin. */
  private void decide(RowMemory row) {
    int[] records = this.records;
    int[] follows = row.follows;
    int[] ranks = row.ranks;
    follows[2 * count] = 1;
    int at = 0;
    for (int split = 0; split < count; split++) {
      int rank = ranks[records[at + COLUMN]];
      int place = records[at + PLACE];
      int goesLeft = place == CATEGORIES ? sets[split].goesLeft(rank) : rank - place - 1 >>> 31;
      int u = follows[records[at + ABOVE]];
      int v = u & goesLeft;
      follows[2 * split] = v;
      follows[2 * split + 1] = u - v;
      row.steps[split] = goesLeft - Float.intBitsToFloat(records[at + SHARE]);
      row.begins[split] = records[at + TERMS] & -u;
      at += RECORD;
    }
  }

  /** Writes c of all splits. */
  private void descend(RowMemory row) {
    float[] path = row.path;
    float[] terms = this.terms;
    Arrays.fill(path, 0, points, 1f);
    for (int split : inner) {
      int record = split * RECORD;
      float s = Float.intBitsToFloat(records[record + SHARE]);
      int left = records[record + ON_LEFT] * points;
      int right = records[record + ON_RIGHT] * points;
      float e = row.steps[split];
      int t = row.begins[split];
      int at = split * points;
      float left0 = path[at] * (s + e * terms[t]);
      path[left] = left0;
      path[right] = path[at] - left0;
      float left1 = path[at + 1] * (s + e * terms[t + 1]);
      path[left + 1] = left1;
      path[right + 1] = path[at + 1] - left1;
      float left2 = path[at + 2] * (s + e * terms[t + 2]);
      path[left + 2] = left2;
      path[right + 2] = path[at + 2] - left2;
      if (points > FEW) {
        float left3 = path[at + 3] * (s + e * terms[t + 3]);
        path[left + 3] = left3;
        path[right + 3] = path[at + 3] - left3;
      }

      if (points > SEVERAL) {
        float left4 = path[at + 4] * (s + e * terms[t + 4]);
        path[left + 4] = left4;
        path[right + 4] = path[at + 4] - left4;
        float left5 = path[at + 5] * (s + e * terms[t + 5]);
        path[left + 5] = left5;
        path[right + 5] = path[at + 5] - left5;
        float left6 = path[at + 6] * (s + e * terms[t + 6]);
        path[left + 6] = left6;
        path[right + 6] = path[at + 6] - left6;
        float left7 = path[at + 7] * (s + e * terms[t + 7]);
        path[left + 7] = left7;
        path[right + 7] = path[at + 7] - left7;
      }
    }
  }

  /** Replaces c by g for splits above two leaves. */
  private void addPairs(RowMemory row) {
    float[] path = row.path;
    float[] terms = this.terms;
    for (int split : pairs) {
      int record = split * RECORD;
      float s = Float.intBitsToFloat(records[record + SHARE]);
      float ofRight = weight(records[record + ON_RIGHT]);
      float d = weight(records[record + ON_LEFT]) - ofRight;
      float e = row.steps[split];
      int t = row.begins[split];
      int w = t + points;
      int at = split * points;
      float sum = 0f + terms[w] * path[at] * d;
      path[at] = ofRight + (s + e * terms[t]) * d;
      sum += terms[w + 1] * path[at + 1] * d;
      path[at + 1] = ofRight + (s + e * terms[t + 1]) * d;
      sum += terms[w + 2] * path[at + 2] * d;
      path[at + 2] = ofRight + (s + e * terms[t + 2]) * d;
      if (points > FEW) {
        sum += terms[w + 3] * path[at + 3] * d;
        path[at + 3] = ofRight + (s + e * terms[t + 3]) * d;
      }

      if (points > SEVERAL) {
        sum += terms[w + 4] * path[at + 4] * d;
        path[at + 4] = ofRight + (s + e * terms[t + 4]) * d;
        sum += terms[w + 5] * path[at + 5] * d;
        path[at + 5] = ofRight + (s + e * terms[t + 5]) * d;
        sum += terms[w + 6] * path[at + 6] * d;
        path[at + 6] = ofRight + (s + e * terms[t + 6]) * d;
        sum += terms[w + 7] * path[at + 7] * d;
        path[at + 7] = ofRight + (s + e * terms[t + 7]) * d;
      }

      row.gains[split] = e * sum;
    }
  }

  /** Replaces c by g for all other splits, the lowest first. */
  private void ascend(RowMemory row) {
    float[] path = row.path;
    float[] terms = this.terms;
    for (int leaf : mixed) {
      Arrays.fill(path, leaf * points, (leaf + 1) * points, weight(leaf));
    }

    for (int next = inner.length - 1; next >= 0; next--) {
      int split = inner[next];
      int record = split * RECORD;
      float s = Float.intBitsToFloat(records[record + SHARE]);
      int left = records[record + ON_LEFT] * points;
      int right = records[record + ON_RIGHT] * points;
      float e = row.steps[split];
      int t = row.begins[split];
      int w = t + points;
      int at = split * points;
      float right0 = path[right];
      float d0 = path[left] - right0;
      float sum = 0f + terms[w] * path[at] * d0;
      path[at] = right0 + (s + e * terms[t]) * d0;
      float right1 = path[right + 1];
      float d1 = path[left + 1] - right1;
      sum += terms[w + 1] * path[at + 1] * d1;
      path[at + 1] = right1 + (s + e * terms[t + 1]) * d1;
      float right2 = path[right + 2];
      float d2 = path[left + 2] - right2;
      sum += terms[w + 2] * path[at + 2] * d2;
      path[at + 2] = right2 + (s + e * terms[t + 2]) * d2;
      if (points > FEW) {
        float right3 = path[right + 3];
        float d3 = path[left + 3] - right3;
        sum += terms[w + 3] * path[at + 3] * d3;
        path[at + 3] = right3 + (s + e * terms[t + 3]) * d3;
      }

      if (points > SEVERAL) {
        float right4 = path[right + 4];
        float d4 = path[left + 4] - right4;
        sum += terms[w + 4] * path[at + 4] * d4;
        path[at + 4] = right4 + (s + e * terms[t + 4]) * d4;
        float right5 = path[right + 5];
        float d5 = path[left + 5] - right5;
        sum += terms[w + 5] * path[at + 5] * d5;
        path[at + 5] = right5 + (s + e * terms[t + 5]) * d5;
        float right6 = path[right + 6];
        float d6 = path[left + 6] - right6;
        sum += terms[w + 6] * path[at + 6] * d6;
        path[at + 6] = right6 + (s + e * terms[t + 6]) * d6;
        float right7 = path[right + 7];
        float d7 = path[left + 7] - right7;
        sum += terms[w + 7] * path[at + 7] * d7;
        path[at + 7] = right7 + (s + e * terms[t + 7]) * d7;
      }

      row.gains[split] = e * sum;
    }
  }

  /** Adds the contributions of a block of rows to those of their features. */
  void add(LaneMemory block) {
    if (count > 0) {
      for (int point = 0; point < points; point++) {
        Arrays.fill(block.path(0, point), 0, block.rows(), 1f);
      }

      walk(0, 0, 0, block);
    }
  }

  /** Writes g of a split, and adds what is below; c is in the lanes of its level. */
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
