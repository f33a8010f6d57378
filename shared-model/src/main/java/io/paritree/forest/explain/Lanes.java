package io.paritree.forest.explain;

/**
 * Loops over rows: lane r of each array belongs to row r.
 *
 * <p>The arrays of a loop are different objects and begin with lane 0, because the compiler
 * vectorizes only such loops. No product is fused with an addition.
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

  static void add(float[] to, float[] added, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += added[row];
    }
  }

  /** to = of * (x + z * v). */
  static void set(float[] to, float[] of, float x, float z, float[] v, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = of[row] * (x + z * v[row]);
    }
  }

  /** to = of * (x + y * u + z * v). */
  static void set(
      float[] to, float[] of, float x, float y, float[] u, float z, float[] v, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] = of[row] * (x + y * u[row] + z * v[row]);
    }
  }

  /** to += of * (x + z * v). */
  static void add(float[] to, float[] of, float x, float z, float[] v, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += of[row] * (x + z * v[row]);
    }
  }

  /** to += of * (x + y * u + z * v). */
  static void add(
      float[] to, float[] of, float x, float y, float[] u, float z, float[] v, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += of[row] * (x + y * u[row] + z * v[row]);
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

  /** to += of * factor; of = 0. */
  static void move(float[] to, float[] of, float factor, int rows) {
    for (int row = 0; row < rows; row++) {
      to[row] += of[row] * factor;
    }

    java.util.Arrays.fill(of, 0, rows, 0f);
  }
}
