package io.paritree.feature;

import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

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
public abstract sealed class Feature
    permits NumberFeature,
        BooleanFeature,
        VocabularyFeature,
        CategoryCodeFeature,
        TimestampFeature,
        TableFeature {
  /** The largest text that is a value, in bytes of UTF-8. */
  public static final int MAX_TEXT = 64 << 10;

  private final String name;
  private final String column;
  private final Sentinels sentinels;
  private final byte[][] missingTexts;
  private final boolean nullable;
  private final Values values;
  private final float ifMissing;

  /** What a feature is, for code that treats each kind in its own way. */
  public enum Kind {
    NUMBER,
    BOOLEAN,
    TEXT_CATEGORY,
    INTEGER_CATEGORY,
    CATEGORY_CODE,
    TIMESTAMP,
    MAPPED,
    STEPS;

    /** Returns whether its slots are codes of categories. */
    public boolean isCategory() {
      return this == TEXT_CATEGORY || this == INTEGER_CATEGORY || this == CATEGORY_CODE;
    }
  }

  /** The values that a feature reads. */
  public enum Values {
    NUMBER,
    /** Numbers without a fraction. */
    WHOLE,
    TRUTH,
    TEXT,
    TIME,
    /** Values of any kind, of which only counts whether they are missing. */
    ANY;

    /** Returns whether they are text in formats that distinguish text from numbers. */
    public boolean isText() {
      return this == TEXT || this == TIME;
    }
  }

  /**
   * @param sentinels values that mean "missing"
   */
  Feature(String name, String column, Values values, Sentinels sentinels, boolean nullable) {
    this(name, column, values, sentinels, nullable, Float.NaN);
  }

  /**
   * @param ifMissing the slot of a missing value
   */
  Feature(
      String name,
      String column,
      Values values,
      Sentinels sentinels,
      boolean nullable,
      float ifMissing) {
    this.name = Objects.requireNonNull(name, "name");
    this.column = Objects.requireNonNull(column, "column");
    this.sentinels = Objects.requireNonNull(sentinels, "sentinels");
    this.missingTexts = sentinels.utf8();
    this.nullable = nullable;
    this.values = values;
    this.ifMissing = ifMissing;
    if (values.isText() && !sentinels.numbers().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the missing sentinels %s of %s '%s': give them as text"
              .formatted(
                  sentinels.numbers(),
                  values == Values.TIME ? "timestamp" : "text category",
                  name));
    }
  }

  /** Returns the model's name for this input, unique in its schema. */
  public final String name() {
    return name;
  }

  /** Returns the field or column that is read, matched exactly, case included. */
  public final String column() {
    return column;
  }

  /** Returns whether a missing value is allowed. */
  public final boolean nullable() {
    return nullable;
  }

  /** Returns the values that mean "missing", as the manifest gives them. */
  public final Sentinels sentinels() {
    return sentinels;
  }

  /** Returns what the feature is; each kind has one class. */
  public abstract Kind kind();

  /** Returns the values that the feature reads. */
  public final Values values() {
    return values;
  }

  /** Returns the slot of a missing value that is allowed; NaN unless the manifest gives one. */
  public final float ifMissing() {
    return ifMissing;
  }

  /** Returns whether a missing value has a slot other than NaN. */
  public final boolean fillsMissing() {
    return nullable && !Float.isNaN(ifMissing);
  }

  /** Returns the zone that converts an instant to local time; empty if none does. */
  public Optional<ZoneId> zone() {
    return Optional.empty();
  }

  /** Returns whether midnight is enough of a time of day, so that a date is read like a time. */
  public boolean readsDates() {
    return values == Values.ANY;
  }

  /** Returns the kind of value that is allowed, worded to follow "expected" in a message. */
  public abstract String expected();

  /**
   * Returns the slot for an absent or null value: NaN with a fault if it must be present, otherwise
   * {@link #ifMissing}.
   */
  public final float missing(Faults faults) {
    if (!nullable) {
      return faults.missingValue(this);
    }

    if (ifMissing == ifMissing) {
      faults.countFilled(this);
    }

    return ifMissing;
  }

  /** Returns whether a text is one of the sentinels. */
  final boolean isMissing(byte[] utf8, int offset, int length) {
    return Sentinels.contains(missingTexts, utf8, offset, length);
  }

  /**
   * Returns the slot for a number from any source.
   *
   * @param value the nearest {@code double} of the number; NaN is a missing value
   */
  public float number(double value, Faults faults) {
    return Double.isNaN(value) ? missing(faults) : faults.wrongType(this, value);
  }

  /**
   * Returns the slot for text.
   *
   * @param utf8 holds the text; not kept. Bytes that are not UTF-8, such as the encoding of an
   *     unpaired surrogate, are of the wrong type. More than {@link #MAX_TEXT} bytes are never a
   *     value.
   */
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    return isMissing(utf8, offset, length)
        ? missing(faults)
        : faults.wrongType(this, utf8, offset, length);
  }

  /**
   * Adds a fault for a number whose text has more than {@link NumberText#MAX_LENGTH} characters;
   * returns NaN.
   */
  public final float longNumber(Faults faults) {
    return faults.longNumber(this);
  }

  /** Returns the slot for a boolean. */
  public float truth(boolean value, Faults faults) {
    return faults.wrongType(this, String.valueOf(value));
  }

  /**
   * Returns the slot for a point on the time line.
   *
   * @param microsUtc microseconds since 1970-01-01T00:00Z
   */
  public float instant(long microsUtc, Faults faults) {
    return faults.wrongType(this, "a timestamp");
  }

  /**
   * Returns the slot for a local date and time.
   *
   * @param micros microseconds since 1970-01-01T00:00 on a clock without zone
   */
  public float local(long micros, Faults faults) {
    return faults.wrongType(this, "a timestamp");
  }

  /**
   * Adds a fault for a value of a kind that no feature reads, such as an object; returns NaN.
   *
   * @param got what came, for the fault
   */
  public float other(String got, Faults faults) {
    return faults.wrongType(this, got);
  }
}
