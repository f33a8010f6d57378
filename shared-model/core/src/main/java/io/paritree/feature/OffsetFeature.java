package io.paritree.feature;

import java.util.OptionalDouble;

/**
 * A number with which the margin of an output begins, in place of the model's own base: the
 * logarithm of an exposure, or another model's margin. XGBoost calls it the base margin.
 *
 * <p>In margin units, and used as it is: nothing takes a logarithm of it or transforms it. No tree
 * reads it. The slot of a missing value is NaN, as for any feature; the engine replaces it.
 */
public final class OffsetFeature extends NumberFeature {
  private final float whereMissing;

  /**
   * @param missing values that mean "missing"
   * @param whereMissing the offset of a row that has none, rounded to a slot; empty if such a row
   *     has a fault
   * @throws IllegalArgumentException as {@link NumberFeature} does, or if {@code whereMissing} is
   *     not finite as a {@code float}
   */
  public OffsetFeature(
      String name,
      String column,
      Sentinels missing,
      double min,
      double max,
      OptionalDouble whereMissing) {
    super(name, column, missing, min, max, whereMissing.isPresent());
    this.whereMissing = Slots.of(whereMissing.orElse(Double.NaN));
    if (whereMissing.isPresent() && !Float.isFinite(this.whereMissing)) {
      throw new IllegalArgumentException(
          "Cannot use %s as the default of offset '%s': it is not finite as a float"
              .formatted(whereMissing.getAsDouble(), name));
    }
  }

  /** Returns an offset without sentinels and bounds that must not be missing. */
  public static OffsetFeature of(String name, String column) {
    return new OffsetFeature(
        name,
        column,
        Sentinels.NONE,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        OptionalDouble.empty());
  }

  /** Returns the offset of a row that has none; NaN if such a row has a fault. */
  public float whereMissing() {
    return whereMissing;
  }
}
