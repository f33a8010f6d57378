package io.paritree.lookup;

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
public record KeyColumn(String name, Type type, int scale) implements Serializable {
  public KeyColumn {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
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
