package io.paritree.feature;

/**
 * One input of the model, and the rules that turn a value of it into one {@code float} slot.
 *
 * <p>A feature encodes values, not rows: the readers of JSON tokens, CSV cells and Spark columns
 * call the method for the kind of value that they hold. Slots are made nowhere else. If a value is
 * not allowed, the fault goes to the given {@link Faults} and the slot is NaN. An allowed missing
 * value is NaN without a fault.
 *
 * <p>The set of kinds is closed: a new kind changes the package format, so it is added here, in the
 * manifest's parser and in the format version together, never by a plug-in. Immutable and
 * thread-safe.
 */
public sealed interface Feature
    permits NumberFeature,
        BooleanFeature,
        TextCategoryFeature,
        IntegerCategoryFeature,
        CategoryCodeFeature,
        TimestampFeature {

  /** Returns the model's name for this input, unique in its schema. */
  String name();

  /** Returns the field or column that is read, matched exactly, case included. */
  String column();

  /** Returns whether a missing value is allowed. */
  boolean nullable();

  /** Returns the kind of value that is allowed, worded to follow "expected" in a message. */
  String expected();

  /** Returns the slot for an absent or null value: NaN, with a fault if it must be present. */
  default float missing(Faults faults) {
    return nullable() ? Float.NaN : faults.missingValue(this);
  }

  /**
   * Returns the slot for a number from any source.
   *
   * @param value the nearest {@code double} of the number; NaN is a missing value
   */
  default float number(double value, Faults faults) {
    return Double.isNaN(value) ? missing(faults) : faults.wrongType(this, value);
  }

  /**
   * Returns the slot for text.
   *
   * @param utf8 holds the text; not kept. Bytes that are not UTF-8, such as those of an unpaired
   *     surrogate, are of the wrong type.
   */
  default float text(byte[] utf8, int offset, int length, Faults faults) {
    return faults.wrongType(this, utf8, offset, length);
  }

  /** Returns the slot for a boolean. */
  default float truth(boolean value, Faults faults) {
    return faults.wrongType(this, String.valueOf(value));
  }

  /**
   * Returns the slot for a point on the time line.
   *
   * @param microsUtc microseconds since 1970-01-01T00:00Z
   */
  default float instant(long microsUtc, Faults faults) {
    return faults.wrongType(this, "a timestamp");
  }

  /**
   * Returns the slot for a local date and time.
   *
   * @param micros microseconds since 1970-01-01T00:00 on a clock without zone
   */
  default float local(long micros, Faults faults) {
    return faults.wrongType(this, "a timestamp");
  }

  /**
   * Adds a fault for a value of a kind that no feature reads, such as an object; returns NaN.
   *
   * @param got what came, for the fault
   */
  default float other(String got, Faults faults) {
    return faults.wrongType(this, got);
  }
}
