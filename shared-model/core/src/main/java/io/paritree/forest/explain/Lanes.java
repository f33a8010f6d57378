package io.paritree.forest.explain;

import java.util.Arrays;

/**
 * Loops over the rows of a block, or the splits of a level: lane r of each array belongs to row r.
 *
 * <p>The arrays of a loop are different objects and begin with lane 0, because the compiler
 * vectorizes only such loops. For the same reason a formula has a loop of its own per kind of
 * operand, with the same operations in the same order: a constant or an array, with or without u.
 * No product is fused with an addition.
 */
final class Lanes {
  private Lanes() {}

  /** 1 where the rank is at or below the place, otherwise 0; both are whole numbers. */
  static void atOrBelow(float[] to, float[] ranks, float place, int rows) {
    float next = place + 1f;
    for (int row = 0; row < rows; row++) {
      to[row] = 0.5f + 0.5f * (Math.abs(ranks[row] - next) - Math.abs(ranks[row] - place));
    }
  }

  static void multiply(float[] to, float[] by, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] *= by[row];
    }
  }

  static void subtract(float[] to, float[] from, float[] subtracted, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = from[row] - subtracted[row];
    }
  }

  static void subtract(float[] to, float[] subtracted, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] -= subtracted[row];
    }
  }

  static void add(float[] to, float[] added, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += added[row];
    }
  }

  static void addProduct(float[] to, float[] a, float[] b, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += a[row] * b[row];
    }
  }

  static void subtract(float[] to, float[] from, float subtracted, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = from[row] - subtracted;
    }
  }

  /*
   * Of the fast mode: see FastLanes. With u where an edge above tests the same feature.
   */

  /** The c of the left child. */
  static void descend(float[] to, float[] c, float s, float[] e, float t, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = c[row] * (s + e[row] * t);
    }
  }

  static void descend(float[] to, float[] c, float s, float[] e, float[] u, float t, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = c[row] * (s + e[row] * (u[row] * t));
    }
  }

  /** Adds to the sum, and writes g; the arrays may be the same. */
  static void ascend(
      float[] g,
      float[] sum,
      float[] left,
      float[] right,
      float[] c,
      float s,
      float[] e,
      float t,
      float w,
      int rows) {
    for (int row = 0; row < rows; row++) {
      float ofRight = right[row];
      float d = left[row] - ofRight;
      float more = sum[row] + w * c[row] * d;
      float atSplit = ofRight + (s + e[row] * t) * d;
      sum[row] = more;
      g[row] = atSplit;
    }
  }

  static void ascend(
      float[] g,
      float[] sum,
      float[] left,
      float[] right,
      float[] c,
      float s,
      float[] e,
      float[] u,
      float t,
      float w,
      int rows) {
    for (int row = 0; row < rows; row++) {
      float ofRight = right[row];
      float d = left[row] - ofRight;
      float more = sum[row] + u[row] * w * c[row] * d;
      float atSplit = ofRight + (s + e[row] * (u[row] * t)) * d;
      sum[row] = more;
      g[row] = atSplit;
    }
  }

  /** The same for two leaves. */
  static void addPair(
      float[] g,
      float[] sum,
      float ofRight,
      float d,
      float[] c,
      float s,
      float[] e,
      float t,
      float w,
      int rows) {
    for (int row = 0; row < rows; row++) {
      float more = sum[row] + w * c[row] * d;
      float atSplit = ofRight + (s + e[row] * t) * d;
      sum[row] = more;
      g[row] = atSplit;
    }
  }

  static void addPair(
      float[] g,
      float[] sum,
      float ofRight,
      float d,
      float[] c,
      float s,
      float[] e,
      float[] u,
      float t,
      float w,
      int rows) {
    for (int row = 0; row < rows; row++) {
      float more = sum[row] + u[row] * w * c[row] * d;
      float atSplit = ofRight + (s + e[row] * (u[row] * t)) * d;
      sum[row] = more;
      g[row] = atSplit;
    }
  }

  /*
   * The same for the splits of a level: s, and t and w where u is given, differ.
   */

  static void descend(
      float[] left,
      float[] right,
      float[] c,
      float[] s,
      float[] e,
      float[] u,
      float[] t,
      int splits) {
    for (int lane = 0; lane < splits; lane++) {
      float all = c[lane];
      float ofLeft = all * (s[lane] + e[lane] * (u[lane] * t[lane]));
      left[lane] = ofLeft;
      right[lane] = all - ofLeft;
    }
  }

  static void descend(
      float[] left, float[] right, float[] c, float[] s, float[] e, float t, int from, int end) {
    for (int lane = from; lane < end; lane++) {
      float all = c[lane];
      float ofLeft = all * (s[lane] + e[lane] * t);
      left[lane] = ofLeft;
      right[lane] = all - ofLeft;
    }
  }

  /** Replaces c by g. */
  static void ascend(
      float[] c,
      float[] sum,
      float[] left,
      float[] right,
      float[] s,
      float[] e,
      float[] u,
      float[] t,
      float[] w,
      int splits) {
    for (int lane = 0; lane < splits; lane++) {
      float ofRight = right[lane];
      float d = left[lane] - ofRight;
      float more = sum[lane] + u[lane] * w[lane] * c[lane] * d;
      float atSplit = ofRight + (s[lane] + e[lane] * (u[lane] * t[lane])) * d;
      sum[lane] = more;
      c[lane] = atSplit;
    }
  }

  static void ascend(
      float[] c,
      float[] sum,
      float[] left,
      float[] right,
      float[] s,
      float[] e,
      float t,
      float w,
      int from,
      int end) {
    for (int lane = from; lane < end; lane++) {
      float ofRight = right[lane];
      float d = left[lane] - ofRight;
      float more = sum[lane] + w * c[lane] * d;
      float atSplit = ofRight + (s[lane] + e[lane] * t) * d;
      sum[lane] = more;
      c[lane] = atSplit;
    }
  }

  /*
   * Of the exact mode, with XGBoost's operations: see ExactTree.
   */

  /** to = follows * p - 1. */
  static void alpha(float[] to, float[] follows, float p, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = follows[row] * p - 1f;
    }
  }

  static void descend(float[] to, float[] of, float[] alpha, float node, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = of[row] * (1f + alpha[row] * node);
    }
  }

  static void divide(float[] to, float[] alpha, float node, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] /= 1f + alpha[row] * node;
    }
  }

  static void scale(float[] to, float by, float weight, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = to[row] * by * weight;
    }
  }

  static void addShare(float[] to, float[] alpha, float[] h, float node, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += alpha[row] * h[row] / (1f + alpha[row] * node);
    }
  }

  static void subtractShare(float[] to, float[] alpha, float[] h, float node, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] -= alpha[row] * h[row] / (1f + alpha[row] * node);
    }
  }

  /** to += from * factor; from = 0. */
  static void move(float[] to, float[] from, float factor, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += from[row] * factor;
    }

    Arrays.fill(from, 0, rows, 0f);
  }

  /** to[i] = of[at[i]]. */
  static void gather(float[] to, float[] of, int[] at, int from, int end) {
    for (int lane = from; lane < end; lane++) {
      to[lane] = of[at[lane]];
    }
  }

  /** to[at[i]] = of[i]. */
  static void scatter(float[] to, float[] of, int[] at, int from, int end) {
    for (int lane = from; lane < end; lane++) {
      to[at[lane]] = of[lane];
    }
  }
}
