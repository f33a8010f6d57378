package io.paritree.feature;

import java.util.Objects;

/** True or false, as 1 and 0. A number that is exactly 0 or 1 is allowed too. */
public final class BooleanFeature implements Feature {
  private final String name;
  private final String column;
  private final Sentinels missing;
  private final float[] missingSlots;
  private final byte[][] missingTexts;
  private final boolean nullable;

  /**
   * @param missing values that mean "missing"
   */
  public BooleanFeature(String name, String column, Sentinels missing, boolean nullable) {
    this.name = Objects.requireNonNull(name, "name");
    this.column = Objects.requireNonNull(column, "column");
    this.missing = missing;
    this.missingSlots = missing.withSpelledNumbers().slots();
    this.missingTexts = missing.utf8();
    this.nullable = nullable;
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

  /** Returns the values that mean "missing", as the manifest gives them. */
  public Sentinels sentinels() {
    return missing;
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
    return value ? 1f : 0f;
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    return Sentinels.contains(missingTexts, utf8, offset, length)
        ? missing(faults)
        : faults.wrongType(this, utf8, offset, length);
  }
}
