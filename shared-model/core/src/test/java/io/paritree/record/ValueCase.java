package io.paritree.record;

import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import java.util.Objects;
import java.util.Optional;

/**
 * One value of the value table in the form of each face (JSON, CSV, Parquet), and the result that
 * all faces must give.
 *
 * @param row the row of the table that it belongs to
 * @param name what is special about it
 * @param feature reads the value; its column is the name of the field
 * @param json a JSON value; or {@link Face.Absent}
 * @param csv a CSV cell, unquoted; empty for null
 * @param parquet a {@link Face.Typed}
 * @param slot the slot of the value; NaN if it is missing or a fault
 * @param fault the code of the fault; empty if the value is allowed
 */
public record ValueCase(
    TableRow row,
    String name,
    Feature feature,
    Face json,
    Face csv,
    Face parquet,
    float slot,
    Optional<FaultCode> fault) {

  public ValueCase {
    Objects.requireNonNull(row, "row");
    Objects.requireNonNull(json, name + ": JSON is not given");
    Objects.requireNonNull(csv, name + ": CSV is not given");
    Objects.requireNonNull(parquet, name + ": Parquet is not given");
  }

  /** How a value is written in a record. */
  public sealed interface Face {
    /** Text: a JSON value, or a CSV cell without quotes. */
    record Text(String text) implements Face {}

    /**
     * A value of a Parquet column.
     *
     * @param value a {@link Byte}, {@link Short}, {@link Integer}, {@link Long}, {@link Float},
     *     {@link Double}, {@link java.math.BigDecimal}, {@link String} or {@link Boolean}; the
     *     microseconds of a timestamp as a {@link Long}; the days of a date as an {@link Integer};
     *     null for null
     */
    record Typed(Carrier carrier, Object value) implements Face {}

    /** The field is not in the record. */
    record Absent() implements Face {}

    /**
     * The value does not exist on this face.
     *
     * @param why the reason
     */
    record None(String why) implements Face {}
  }

  /** The type of a Parquet column, by its name in Spark. */
  public enum Carrier {
    BYTE,
    SHORT,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    /** As a {@code decimal(38, 18)}. */
    DECIMAL,
    STRING,
    BOOLEAN,
    /** Microseconds since 1970-01-01T00:00Z. */
    TIMESTAMP,
    /** Microseconds since 1970-01-01T00:00 on a clock without zone. */
    TIMESTAMP_NTZ,
    /** Days since 1970-01-01. */
    DATE
  }

  /** The rows of the value table in docs/values.md, by their first cell. */
  public enum TableRow {
    NUMBER("any number: JSON or CSV text, byte to long, float, double, decimal"),
    MISSING("absent, null, NaN, or one of the feature's `missing` sentinels"),
    NOT_FINITE("infinite after the cast"),
    OUT_OF_RANGE("below `min` or above `max`"),
    BOOLEAN("boolean"),
    WRONG_TYPE("text for a number, number for text, anything else of the wrong kind"),
    TOO_LONG("number of over 64 characters, text category of over 65,536 bytes"),
    TEXT_CATEGORY("text category"),
    INTEGER_CATEGORY("integer category"),
    UNSEEN_CATEGORY("unseen category"),
    TIMESTAMP("timestamp"),
    MAPPED("value of a `mapped` feature"),
    STEPS("value of a `steps` feature"),
    CSV_CELL("CSV cell"),
    PARTITION("partition column as a feature");

    private final String title;

    TableRow(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  @Override
  public String toString() {
    return "%s: %s".formatted(row.name().toLowerCase(java.util.Locale.ROOT), name);
  }
}
