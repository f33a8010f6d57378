package io.paritree.feature;

/** True or false, as 1 and 0. A number that is exactly 0 or 1 is allowed too. */
public final class BooleanFeature extends Feature {
  private final float[] missingSlots;

  /**
   * @param missing values that mean "missing"
   */
  public BooleanFeature(String name, String column, Sentinels missing, boolean nullable) {
    super(name, column, Values.TRUTH, missing, nullable);
    this.missingSlots = missing.withSpelledNumbers().slots();
  }

  @Override
  public Kind kind() {
    return Kind.BOOLEAN;
  }

  @Override
  public String expected() {
    return "true, false, 0 or 1";
  }

  @Override
  public float number(double value, Faults faults) {
    if (Double.isNaN(value) || Sentinels.contains(missingSlots, Slots.of(value))) {
      return missing(faults);
    }

    // In double: a number that only rounds to 1 is not a boolean.
    if (value == 0.0) {
      return 0f;
    }

    return value == 1.0 ? 1f : faults.wrongType(this, value);
  }

  @Override
  public float truth(boolean value, Faults faults) {
    return number(value ? 1 : 0, faults);
  }
}
