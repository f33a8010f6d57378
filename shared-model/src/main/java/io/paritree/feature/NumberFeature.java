package io.paritree.feature;

import java.util.Objects;

/** A number, used as it is. */
public final class NumberFeature implements Feature {
  private final String name;
  private final String column;
  private final Sentinels missing;
  private final float[] missingSlots;
  private final byte[][] missingTexts;
  private final float min;
  private final float max;
  private final boolean nullable;

  /**
   * @param missing values that stand for "missing"; numbers are rounded to slots
   * @param min least admitted value, rounded to a slot; -Infinity for none
   * @param max largest admitted value, rounded to a slot; Infinity for none
   * @throws IllegalArgumentException if the bounds are NaN or admit nothing, or a sentinel is not
   *     finite as a {@code float}
   */
  public NumberFeature(
      String name, String column, Sentinels missing, double min, double max, boolean nullable) {
    this.name = Objects.requireNonNull(name, "name");
    this.column = Objects.requireNonNull(column, "column");
    this.missing = missing;
    this.missingSlots = missing.withSpelledNumbers().slots();
    this.missingTexts = missing.utf8();
    this.min = Slots.of(min);
    this.max = Slots.of(max);
    this.nullable = nullable;
    boolean admitsNumber =
        this.min <= this.max
            && this.min != Float.POSITIVE_INFINITY
            && this.max != Float.NEGATIVE_INFINITY;
    if (!admitsNumber) {
      throw new IllegalArgumentException(
          "Cannot use bounds %s to %s of feature '%s': no float lies between them"
              .formatted(min, max, name));
    }

    for (float slot : missingSlots) {
      if (Float.isInfinite(slot)) {
        throw new IllegalArgumentException(
            "Cannot use a missing sentinel of feature '%s': it is not finite as a float"
                .formatted(name));
      }
    }
  }

  /** A number feature without sentinels and bounds that reads the column of its own name. */
  public static NumberFeature of(String name) {
    return new NumberFeature(
        name, name, Sentinels.NONE, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String column() {
    return column;
  }

  @Override
  public boolean nullable() {
    return nullable;
  }

  /** Returns the values that stand for "missing", as the manifest gives them. */
  public Sentinels sentinels() {
    return missing;
  }

  /** Returns the least admitted slot, or -Infinity. */
  public float min() {
    return min;
  }

  /** Returns the largest admitted slot, or Infinity. */
  public float max() {
    return max;
  }

  @Override
  public String expected() {
    return "a number";
  }

  @Override
  public float number(double value, Faults faults) {
    float slot = Slots.of(value);
    if (Float.isNaN(slot) || Sentinels.contains(missingSlots, slot)) {
      return missing(faults);
    }

    if (Float.isInfinite(slot)) {
      return faults.notFinite(this, value);
    }

    return slot < min || slot > max ? faults.outOfRange(this, value, min, max) : slot;
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    return Sentinels.contains(missingTexts, utf8, offset, length)
        ? missing(faults)
        : faults.wrongType(this, utf8, offset, length);
  }
}
