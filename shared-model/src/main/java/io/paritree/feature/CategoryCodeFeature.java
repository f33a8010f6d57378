package io.paritree.feature;

import java.util.Objects;

/**
 * A category without a recorded vocabulary: the record contains the code itself.
 *
 * <p>Only where a schema, a manifest or the caller says so. Every finite number is allowed, and the
 * trees apply libxgboost's rule to codes that they do not know.
 */
public final class CategoryCodeFeature implements Feature {
  private final NumberFeature codes;

  /**
   * @param missing values that mean "missing"; numbers are rounded to slots
   */
  public CategoryCodeFeature(String name, String column, Sentinels missing, boolean nullable) {
    this.codes =
        new NumberFeature(
            Objects.requireNonNull(name, "name"),
            column,
            missing,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            nullable);
  }

  @Override
  public String name() {
    return codes.name();
  }

  @Override
  public String column() {
    return codes.column();
  }

  @Override
  public boolean nullable() {
    return codes.nullable();
  }

  /** Returns the values that mean "missing", as the manifest gives them. */
  public Sentinels sentinels() {
    return codes.sentinels();
  }

  @Override
  public String expected() {
    return "a category code, a number";
  }

  @Override
  public float number(double value, Faults faults) {
    return codes.number(value, faults);
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    return codes.text(utf8, offset, length, faults);
  }
}
