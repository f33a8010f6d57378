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
   * them, otherwise 0. The quadrature takes the integrand at a few points. At a point, c is the
   * product over the edges from the root, h the sum over the leaves below. The factor of an edge,
   * and what an edge adds to the contribution of its feature per h, depend on two decisions only:
   * v, whether the row goes left at the split (and u, whether it follows the last edge above that
   * tests the same feature; then v is both). So each is x + y * u + z * v, with constants that are
   * prepared. Where a child is a leaf, its weight is part of the constants, and where both are, the
   * split is done in one step.
   *
   * All terms are between 0 and 1, or products with such, so floats suffice: no term is the small
   * difference of large ones. With up to 8 features on a path the rule of Gauss and Legendre of half
   * as many points is exact; for more, XGBoost's own points are used, to be as inexact as they are.
   *
   * One row and a block are computed by different loops, but by the same operations in the same
   * order, so that a row has the same bits in both.
   */
  static final int LEFT = 0;
  static final int LEFT_SHARE = 1;
  static final int RIGHT = 2;
  static final int RIGHT_SHARE = 3;

  static final int TERMS = 3;

  /*
   * The numbers of points: of the exact rules for up to 6 and up to 8 features on a path, and
   * XGBoost's. The loops over points are written out for these, as the compiler does not do it.
   */
  static final int FEW = 3;
  static final int SEVERAL = 4;
  static final int MANY = Quadrature.POINTS;

  private final Tree tree;
  private final int points;

  /** Per split its node, in the order of a descent that takes the left child first. */
  private final int[] nodes;

  private final int[] features;

  /** Per split the column of its ranks; -1 for categories. */
  private final int[] columns;

  private final int[] places;

  /** Per split the next split on the left, or -1 if there is a leaf. */
  private final int[] lefts;

  private final int[] rights;

  /** Per split the level below the last edge above that tests the same feature; 0 if none does. */
  private final int[] aboves;

  /** Per split that edge: twice its split, plus 1 on the right; twice the splits for none. */
  private final int[] above;

  /** Per split whether an edge below tests the same feature again. */
  private final boolean[] recurs;

  /** Per split where its constants begin, for blocks. */
  private final int[] from;

  /** Per split, group and point: x, y, z; y is 0 if no edge above tests the feature. */
  private final float[] constants;

  /**
   * For one row, per split, group and case the value of each point: x + y * u + z * v, which has
   * three cases if an edge above tests the feature, otherwise two.
   */
  private final float[] values;

  /** Per split where the values of case u + v = 0 begin, or would begin. */
  private final int[] valuesFrom;

  /** Per split the distance between two groups of values. */
  private final int[] groups;

  FastTree(FastTreeBuilder built) {
    this.tree = built.tree;
    this.points = built.points;
    this.nodes = built.nodes;
    this.features = built.features;
    this.columns = built.columns;
    this.places = built.places;
    this.lefts = built.lefts;
    this.rights = built.rights;
    this.aboves = built.aboves;
    this.above = built.above;
    this.recurs = built.recurs;
    this.from = built.from;
    this.constants = built.constants;
    this.values = built.values;
    this.valuesFrom = built.valuesFrom;
    this.groups = built.groups;
  }

  int splits() {
    return nodes.length;
  }

  /** Returns the bytes that this takes. */
  long bytes() {
    return 4L * (constants.length + values.length) + 49L * nodes.length;
  }

  /** Adds the contributions of one row to those of its features. */
  void add(RowMemory row) {
    if (nodes.length > 0) {
      Arrays.fill(row.path, 0, points, 1f);
      row.follows[2 * nodes.length] = 1;
      descend(row);
      ascend(row);
    }
  }

  /** Writes u, v and c of all splits; a split has a larger number than the one above it. */
  private void descend(RowMemory row) {
    int[] follows = row.follows;
    for (int split = 0; split < nodes.length; split++) {
      int u = follows[above[split]];
      int v = u & goesLeft(split, row);
      follows[2 * split] = v;
      follows[2 * split + 1] = u - v;
      int group = groups[split];
      int values = valuesFrom[split] + (u + v) * points;
      int left = lefts[split];
      int right = rights[split];
      if (left >= 0) {
        multiply(row.path, split * points, row.path, left * points, values);
      }

      if (right >= 0) {
        multiply(row.path, split * points, row.path, right * points, values + RIGHT * group);
      }
    }
  }

  private int goesLeft(int split, RowMemory row) {
    if (columns[split] >= 0) {
      return row.ranks[columns[split]] - places[split] - 1 >>> 31;
    }

    return tree.goesLeft(nodes[split], row.slot(features[split])) ? 1 : 0;
  }

  /** Writes h of all splits, the lowest first, and adds to the contributions. */
  private void ascend(RowMemory row) {
    float[] c = row.path;
    float[] h = row.sum;
    for (int split = nodes.length - 1; split >= 0; split--) {
      int left = lefts[split];
      int right = rights[split];
      int own = split * points;
      int group = groups[split];
      int values =
          valuesFrom[split] + (row.follows[above[split]] + row.follows[2 * split]) * points;
      float phi = row.phi[features[split]];
      if (left < 0 && right < 0) {
        row.phi[features[split]] = sum(phi, c, own, values + LEFT_SHARE * group);
        multiply(c, own, h, own, values);
      } else if (left >= 0 && right >= 0) {
        phi = sum(phi, h, left * points, values + LEFT_SHARE * group);
        row.phi[features[split]] = sum(phi, h, right * points, values + RIGHT_SHARE * group);
        add(h, left * points, h, right * points, h, own);
      } else {
        int below = Math.max(left, right) * points;
        boolean isLeft = left < 0;
        phi = sum(phi, isLeft ? c : h, isLeft ? own : below, values + LEFT_SHARE * group);
        row.phi[features[split]] =
            sum(phi, isLeft ? h : c, isLeft ? below : own, values + RIGHT_SHARE * group);
        multiply(c, own, row.leaf, 0, values + (isLeft ? LEFT : RIGHT) * group);
        add(h, below, row.leaf, 0, h, own);
      }
    }
  }

  private void multiply(float[] of, int from, float[] to, int at, int first) {
    float[] k = values;
    to[at] = of[from] * k[first];
    to[at + 1] = of[from + 1] * k[first + 1];
    to[at + 2] = of[from + 2] * k[first + 2];
    if (points > FEW) {
      to[at + 3] = of[from + 3] * k[first + 3];
    }

    if (points > SEVERAL) {
      to[at + 4] = of[from + 4] * k[first + 4];
      to[at + 5] = of[from + 5] * k[first + 5];
      to[at + 6] = of[from + 6] * k[first + 6];
      to[at + 7] = of[from + 7] * k[first + 7];
    }
  }

  private float sum(float before, float[] of, int from, int first) {
    float[] k = values;
    float sum = before;
    sum += of[from] * k[first];
    sum += of[from + 1] * k[first + 1];
    sum += of[from + 2] * k[first + 2];
    if (points > FEW) {
      sum += of[from + 3] * k[first + 3];
    }

    if (points > SEVERAL) {
      sum += of[from + 4] * k[first + 4];
      sum += of[from + 5] * k[first + 5];
      sum += of[from + 6] * k[first + 6];
      sum += of[from + 7] * k[first + 7];
    }

    return sum;
  }

  private void add(float[] a, int left, float[] b, int right, float[] to, int at) {
    to[at] = a[left] + b[right];
    to[at + 1] = a[left + 1] + b[right + 1];
    to[at + 2] = a[left + 2] + b[right + 2];
    if (points > FEW) {
      to[at + 3] = a[left + 3] + b[right + 3];
    }

    if (points > SEVERAL) {
      to[at + 4] = a[left + 4] + b[right + 4];
      to[at + 5] = a[left + 5] + b[right + 5];
      to[at + 6] = a[left + 6] + b[right + 6];
      to[at + 7] = a[left + 7] + b[right + 7];
    }
  }

  /** Returns where the constants of a group begin: {@link #TERMS} per point. */
  private int at(int split, int group) {
    return from[split] + group * points * TERMS;
  }

  /** Adds the contributions of a block of rows to those of their features. */
  void add(LaneMemory block) {
    if (nodes.length > 0) {
      for (int point = 0; point < points; point++) {
        Arrays.fill(block.path(0, point), 0, block.rows(), 1f);
      }

      walk(0, 0, 0, block);
    }
  }

  private void walk(int split, int level, int to, LaneMemory block) {
    float[] v = block.goesLeft(level);
    decide(split, v, block);
    float[] u = aboves[split] == 0 ? null : block.follows(aboves[split]);
    if (u != null) {
      Lanes.multiply(v, u, block.rows());
    }

    int left = lefts[split];
    int right = rights[split];
    if (left >= 0) {
      if (recurs[split]) {
        System.arraycopy(v, 0, block.follows(level + 1), 0, block.rows());
      }

      descend(split, LEFT, level, u, v, block);
      walk(left, level + 1, to, block);
    }

    if (right >= 0) {
      if (recurs[split]) {
        Lanes.subtract(block.follows(level + 1), u == null ? block.ones() : u, v, block.rows());
      }

      descend(split, RIGHT, level, u, v, block);
      walk(right, level + 1, to + 1, block);
    }

    float[] phi = block.phi(features[split]);
    for (int point = 0; point < points; point++) {
      float[] of = left < 0 ? block.path(level, point) : block.sum(to, point);
      add(phi, of, at(split, LEFT_SHARE), point, u, v, block);
    }

    for (int point = 0; point < points && (left >= 0 || right >= 0); point++) {
      float[] of = right < 0 ? block.path(level, point) : block.sum(to + 1, point);
      add(phi, of, at(split, RIGHT_SHARE), point, u, v, block);
    }

    for (int point = 0; point < points; point++) {
      float[] sum = block.sum(to, point);
      float[] c = block.path(level, point);
      if (left < 0) {
        set(sum, c, at(split, LEFT), point, u, v, block);
      }

      if (right >= 0) {
        Lanes.add(sum, block.sum(to + 1, point), block.rows());
      } else if (left >= 0) {
        add(sum, c, at(split, RIGHT), point, u, v, block);
      }
    }
  }

  private void descend(int split, int group, int level, float[] u, float[] v, LaneMemory block) {
    for (int point = 0; point < points; point++) {
      float[] c = block.path(level, point);
      set(block.path(level + 1, point), c, at(split, group), point, u, v, block);
    }
  }

  private void decide(int split, float[] v, LaneMemory block) {
    if (columns[split] >= 0) {
      Lanes.atOrBelow(v, block.ranks(columns[split]), places[split], block.rows());
      return;
    }

    for (int row = 0; row < block.rows(); row++) {
      v[row] = tree.goesLeft(nodes[split], block.slot(features[split], row)) ? 1f : 0f;
    }
  }

  private void set(
      float[] to, float[] of, int group, int point, float[] u, float[] v, LaneMemory block) {
    int at = group + TERMS * point;
    float x = constants[at];
    float z = constants[at + 2];
    if (u == null) {
      Lanes.set(to, of, x, z, v, block.rows());
    } else {
      Lanes.set(to, of, x, constants[at + 1], u, z, v, block.rows());
    }
  }

  private void add(
      float[] to, float[] of, int group, int point, float[] u, float[] v, LaneMemory block) {
    int at = group + TERMS * point;
    float x = constants[at];
    float z = constants[at + 2];
    if (u == null) {
      Lanes.add(to, of, x, z, v, block.rows());
    } else {
      Lanes.add(to, of, x, constants[at + 1], u, z, v, block.rows());
    }
  }
}
