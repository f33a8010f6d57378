package io.paritree.feature;

import java.util.Optional;

/** A number, used as it is. */
public sealed class NumberFeature extends Feature permits OffsetFeature {
  private final float[] missingSlots;
  private final float min;
  private final float max;

  /*
   * Every float from least to greatest is its own slot: not NaN, not infinite, no sentinel, within
   * the bounds. With sentinels this range is empty, so that each value is checked in full.
   */
  private final float least;
  private final float greatest;

  /**
   * @param missing values that mean "missing"; numbers are rounded to slots
   * @param min least allowed value, rounded to a slot; -Infinity for none
   * @param max largest allowed value, rounded to a slot; Infinity for none
   * @throws IllegalArgumentException if the bounds are NaN or allow nothing, or a sentinel is not
   *     finite as a {@code float}
   */
  public NumberFeature(
      String name, String column, Sentinels missing, double min, double max, boolean nullable) {
    this(name, column, missing, min, max, nullable, Float.NaN);
  }

  /**
   * @param ifMissing the slot of a missing value; NaN for none
   */
  public NumberFeature(
      String name,
      String column,
      Sentinels missing,
      double min,
      double max,
      boolean nullable,
      float ifMissing) {
    super(name, column, Values.NUMBER, missing, nullable, ifMissing);
    this.missingSlots = missingSlots(name, missing);
    this.min = Slots.of(min);
    this.max = Slots.of(max);
    boolean acceptsNumber =
        this.min <= this.max
            && this.min != Float.POSITIVE_INFINITY
            && this.max != Float.NEGATIVE_INFINITY;
    if (!acceptsNumber) {
      throw new IllegalArgumentException(
          "Cannot use bounds %s to %s of feature '%s': no float is within them"
              .formatted(min, max, name));
    }

    boolean anySentinel = missingSlots.length > 0;
    this.least = anySentinel ? Float.POSITIVE_INFINITY : Math.max(this.min, -Float.MAX_VALUE);
    this.greatest = anySentinel ? Float.NEGATIVE_INFINITY : Math.min(this.max, Float.MAX_VALUE);
  }

  /** Returns a nullable feature without sentinels and bounds that reads the column of that name. */
  public static NumberFeature of(String name) {
    return new NumberFeature(
        name, name, Sentinels.NONE, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true);
  }

  /**
   * Returns the slots of the values that mean "missing"; the caller owns the array.
   *
   * @throws IllegalArgumentException if one is not finite as a {@code float}
   */
  static float[] missingSlots(String name, Sentinels missing) {
    float[] slots = missing.withSpelledNumbers().slots();
    for (float slot : slots) {
      if (Float.isInfinite(slot)) {
        throw new IllegalArgumentException(
            "Cannot use a missing sentinel of feature '%s': it is not finite as a float"
                .formatted(name));
      }
    }

    return slots;
  }

  /** Returns the least allowed slot, or -Infinity. */
  public final float min() {
    return min;
  }

  /** Returns the largest allowed slot, or Infinity. */
  public final float max() {
    return max;
  }

  /** Returns the bounds in the words of a fault; empty if every finite number is allowed. */
  public final Optional<String> bounds() {
    if (min == Float.NEGATIVE_INFINITY && max == Float.POSITIVE_INFINITY) {
      return Optional.empty();
    }

    if (min != Float.NEGATIVE_INFINITY && max != Float.POSITIVE_INFINITY) {
      return Optional.of("%s to %s".formatted(min, max));
    }

    return Optional.of(min == Float.NEGATIVE_INFINITY ? "at most " + max : "at least " + min);
  }

  @Override
  public final Kind kind() {
    return Kind.NUMBER;
  }

  @Override
  public final String expected() {
    return "a number";
  }

  @Override
  public final float number(double value, Faults faults) {
    float slot = Slots.of(value);
    return slot >= least && slot <= greatest ? slot : unusual(slot, value, faults);
  }

  /**
   * Returns a number as {@link #numbers} takes it.
   *
   * @param value the nearest {@code double} of the number
   */
  public static float narrowed(double value) {
    return Slots.of(value);
  }

  /**
   * Replaces {@code float} values by their slots, in place, as {@link #number} does for each.
   *
   * @param values {@code count} of them are replaced, from {@code from} on
   * @param nans how many of the values are known to be {@code Float.NaN}, as nulls are
   * @return how many of the slots are NaN: missing or with a fault
   */
  public final int numbers(float[] values, int from, int count, int nans, Faults faults) {
    float low = least;
    float high = greatest;
    int others = 0;
    for (int at = from; at < from + count; at++) {
      float slot = Slots.of(values[at]);
      values[at] = slot;
      others += slot >= low && slot <= high ? 0 : 1;
    }

    if (others > nans || nans > 0 && fillsMissing()) {
      return unusual(values, from, count, faults);
    }

    if (nans > 0) {
      missing(faults);
    }

    return nans;
  }

  /** Replaces the values that are not their own slots; returns how many become NaN. */
  private int unusual(float[] values, int from, int count, Faults faults) {
    int nans = 0;
    for (int at = from; at < from + count; at++) {
      float value = values[at];
      if (!(value >= least && value <= greatest)) {
        values[at] = unusual(value, value, faults);
        nans += Float.isNaN(values[at]) ? 1 : 0;
      }
    }

    return nans;
  }

  /** Returns the slot of a number that is not its own slot, or that must be checked in full. */
  private float unusual(float slot, double value, Faults faults) {
    if (Float.isNaN(slot) || Sentinels.contains(missingSlots, slot)) {
      return missing(faults);
    }

    if (Float.isInfinite(slot)) {
      return faults.notFinite(this, value);
    }

    return slot < min || slot > max ? faults.outOfRange(this, value) : slot;
  }
}
