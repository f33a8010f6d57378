package io.paritree.feature;

import java.time.LocalDate;
import java.util.Locale;

/** The parts of a local date and time that a model can read. */
public enum TimestampPart {
  /** Hour of the day, 0 to 23. */
  HOUR,
  /** Minute of the day, 0 to 1439. */
  MINUTE_OF_DAY,
  /** Day of the week, 1 (Monday) to 7 (Sunday), as in ISO 8601. */
  DAY_OF_WEEK,
  /** Day of the month, 1 to 31. */
  DAY_OF_MONTH,
  /** Month, 1 to 12. */
  MONTH,
  /** Year of the proleptic ISO calendar. */
  YEAR;

  private static final long MICROS_PER_MINUTE = 60_000_000L;
  private static final long MINUTES_PER_DAY = 1_440L;

  private final String key = name().toLowerCase(Locale.ROOT);

  /** Returns the name in a manifest, such as {@code minute_of_day}. */
  public String key() {
    return key;
  }

  /**
   * Returns the part.
   *
   * @param micros microseconds since 1970-01-01T00:00 on a clock without zone; may be negative
   */
  int of(long micros) {
    long minutes = Math.floorDiv(micros, MICROS_PER_MINUTE);
    long day = Math.floorDiv(minutes, MINUTES_PER_DAY);
    int minuteOfDay = (int) Math.floorMod(minutes, MINUTES_PER_DAY);
    return switch (this) {
      case HOUR -> minuteOfDay / 60;
      case MINUTE_OF_DAY -> minuteOfDay;
      case DAY_OF_WEEK -> (int) Math.floorMod(day + 3, 7L) + 1; // 1970-01-01 was a Thursday
      case DAY_OF_MONTH -> LocalDate.ofEpochDay(day).getDayOfMonth();
      case MONTH -> LocalDate.ofEpochDay(day).getMonthValue();
      case YEAR -> LocalDate.ofEpochDay(day).getYear();
    };
  }
}
