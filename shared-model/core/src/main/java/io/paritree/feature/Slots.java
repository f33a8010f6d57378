package io.paritree.feature;

/** The only place where a number becomes a slot. */
final class Slots {
  private Slots() {}

  /**
   * Returns the slot of a number: the nearest {@code float}, with -0.0 as 0.0.
   *
   * <p>Every number arrives as the nearest {@code double} first, so that JSON text, a Parquet
   * DOUBLE and a decimal of the same value give the same bits. XGBoost compares in {@code float}.
   */
  static float of(double value) {
    return (float) value + 0f; // -0.0f + 0f is 0.0f; every other value is unchanged
  }
}
