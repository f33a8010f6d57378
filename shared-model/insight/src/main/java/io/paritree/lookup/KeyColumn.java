package io.paritree.lookup;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;

/**
 * One column of a key.
 *
 * @param scale digits after the point of a decimal; 0 for all other types
 */
public record KeyColumn(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) Type type,
    @JsonProperty(required = true) int scale)
    implements Serializable {
  /** The digits of a decimal of the job: one with more makes numbers as long as it says. */
  private static final int MAX_SCALE = 38;

  public KeyColumn {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    if (scale > MAX_SCALE) {
      throw new IllegalArgumentException("expected a scale of at most %s".formatted(MAX_SCALE));
    }
  }

  /** The types of columns that can be part of a key. Their words are part of the format. */
  public enum Type {
    /** A whole number that a {@code long} holds. */
    INTEGER,
    /** A number with a fixed number of digits after the point. */
    DECIMAL,
    /** Text, compared as UTF-8 bytes. */
    TEXT,
    /** A day. */
    DATE,
    /** An instant, in microseconds. */
    TIMESTAMP,
    /** A date with a time of day and without an offset, in microseconds. */
    TIMESTAMP_NTZ,
    BOOLEAN;

    /** Returns the type's name in files and messages. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns a number, days or microseconds of this type as text. */
    public String text(long value) {
      return switch (this) {
        case DATE -> LocalDate.ofEpochDay(value).toString();
        case TIMESTAMP -> instant(value).toString();
        case TIMESTAMP_NTZ -> LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC).toString();
        default -> Long.toString(value);
      };
    }

    private static Instant instant(long micros) {
      return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
  }
}
