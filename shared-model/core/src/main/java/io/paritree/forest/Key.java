package io.paritree.forest;

/**
 * Maps floats to whole numbers of the same order, so that a comparison is a subtraction and needs
 * no branch.
 *
 * <p>-0.0 and 0.0 are equal, but have the keys -1 and 0. No other float has the key -1, so a
 * threshold of either zero gets the key -1, and both zeros are at or above it. A missing slot has
 * two keys: {@link #MISSING_LEFT} is below every threshold, {@link #MISSING_RIGHT} is above.
 */
final class Key {
  /** Below the key of every float. */
  static final int MISSING_LEFT = Integer.MIN_VALUE;

  /** Above the key of every float. */
  static final int MISSING_RIGHT = Integer.MAX_VALUE;

  private static final int POSITIVE_INFINITY_BITS = 0x7f800000;

  private Key() {}

  /** Returns the key of a float that is not NaN. */
  static int of(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ bits >> 31 >>> 1;
  }

  /** Returns -1, all bits set, for a missing slot, otherwise 0; without a branch. */
  static int missing(float slot) {
    return POSITIVE_INFINITY_BITS - (Float.floatToRawIntBits(slot) & 0x7fffffff) >> 31;
  }

  /**
   * Returns the key of a threshold: a row goes right if and only if its key is at or above it. No
   * present value is below a NaN threshold, so all of them go right, as at -Infinity.
   */
  static int ofThreshold(float threshold) {
    if (threshold == 0f) {
      return of(-0f);
    }

    return of(Float.isNaN(threshold) ? Float.NEGATIVE_INFINITY : threshold);
  }
}
