package io.paritree.forest.explain;

/**
 * XGBoost's rule for integrals over [0, 1]: 8 points of Gauss and Legendre in s, for t = s * s.
 *
 * <p>Exact, but for rounding, for polynomials in t of degree 7 or less. The bits are as in {@code
 * MakeEndpointQuadrature} in {@code src/predictor/interpretability/quadrature.h} of XGBoost 3.4.
 */
final class Quadrature {
  static final int POINTS = 8;

  private static final int[] NODE_BITS = {
    0x39ceafd5, 0x3c2958df, 0x3d6685ba, 0x3e2ab207, 0x3eb34429, 0x3f14f1a6, 0x3f4e97b9, 0x3f75ef64
  };

  private static final int[] WEIGHT_BITS = {
    0x3b03b886, 0x3cb93601, 0x3d986a77, 0x3e17a1a1, 0x3e5bc1bf, 0x3e750715, 0x3e4c911a, 0x3dcb3324
  };

  private Quadrature() {}

  static float node(int point) {
    return Float.intBitsToFloat(NODE_BITS[point]);
  }

  static float weight(int point) {
    return Float.intBitsToFloat(WEIGHT_BITS[point]);
  }

  /**
   * Writes a rule for integrals over [0, 1]: Gauss and Legendre's for 3 and 4 points, which is
   * exact for polynomials of a degree below twice their number; XGBoost's for 8.
   */
  static void fill(double[] nodes, double[] weights) {
    for (int point = 0; point < nodes.length; point++) {
      switch (nodes.length) {
        case 3 -> {
          nodes[point] = 0.5 + (point - 1) * Math.sqrt(0.15);
          weights[point] = (point == 1 ? 8 : 5) / 18.0;
        }
        case 4 -> {
          boolean isInner = point == 1 || point == 2;
          double far = 2 / 7.0 * Math.sqrt(1.2);
          double distance = Math.sqrt(3 / 7.0 + (isInner ? -far : far)) / 2;
          nodes[point] = 0.5 + (point < 2 ? -distance : distance);
          weights[point] = (18 + (isInner ? 1 : -1) * Math.sqrt(30)) / 72;
        }
        default -> {
          nodes[point] = node(point);
          weights[point] = weight(point);
        }
      }
    }
  }
}
