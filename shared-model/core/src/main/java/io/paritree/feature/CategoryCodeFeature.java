package io.paritree.feature;

/**
 * A category without a recorded vocabulary: the record contains the code itself.
 *
 * <p>Only where a schema, a manifest or the caller says so. Every finite number is allowed, and the
 * trees apply libxgboost's rule to codes that they do not know.
 */
public final class CategoryCodeFeature extends Feature {
  private final float[] missingSlots;

  /**
   * @param missing values that mean "missing"; numbers are rounded to slots
   * @throws IllegalArgumentException if a sentinel is not finite as a {@code float}
   */
  public CategoryCodeFeature(String name, String column, Sentinels missing, boolean nullable) {
    super(name, column, Values.NUMBER, missing, nullable);
    this.missingSlots = NumberFeature.missingSlots(name, missing);
  }

  @Override
  public Kind kind() {
    return Kind.CATEGORY_CODE;
  }

  @Override
  public String expected() {
    return "a category code, a number";
  }

  @Override
  public float number(double value, Faults faults) {
    float slot = Slots.of(value);
    if (Float.isNaN(slot) || Sentinels.contains(missingSlots, slot)) {
      return missing(faults);
    }

    return Float.isInfinite(slot) ? faults.notFinite(this, value) : slot;
  }
}
