package io.paritree.rule;

/**
 * A value that was measured, or why there is none.
 *
 * @param value NaN if there is none
 * @param error how far the value can be from the true one; 0 if it is exact
 * @param noise the least limit with which the value may be compared: what is between a lower limit
 *     and this can be chance; {@link #NONE} for a value without chance
 * @param absence why there is no value; empty if there is one
 */
public record Reading(double value, double error, double noise, String absence) {
  /** Below every limit. */
  public static final double NONE = Double.NEGATIVE_INFINITY;

  /** Returns a value without chance; a NaN is none. */
  public static Reading of(double value) {
    return of(value, NONE);
  }

  /** Returns a value; a NaN is none. */
  public static Reading of(double value, double noise) {
    return new Reading(value, 0, noise, Double.isNaN(value) ? "there is no value" : "");
  }

  /** Returns the same value, which can be so far from the true one. */
  public Reading within(double most) {
    return new Reading(value, most, noise, absence);
  }

  /** Returns that there is no value. */
  public static Reading absent(String reason) {
    return new Reading(Double.NaN, 0, NONE, reason);
  }

  public boolean isPresent() {
    return absence.isEmpty();
  }
}
