package io.paritree.model;

/** Distances between floats, in units in the last place. */
final class Ulps {
  private Ulps() {}

  /**
   * Returns how many floats lie between two, the second counted: 0 for the same bits, 0.0 and -0.0
   * too; NaN is as far from anything as can be, but not from NaN.
   */
  static long between(float one, float other) {
    if (Float.isNaN(one) || Float.isNaN(other)) {
      return Float.isNaN(one) && Float.isNaN(other) ? 0 : Long.MAX_VALUE;
    }

    return Math.abs(order(one) - order(other));
  }

  private static long order(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? Integer.MIN_VALUE - (long) bits : bits;
  }
}
