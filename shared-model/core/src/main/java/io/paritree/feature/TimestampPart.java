package io.paritree.feature;

import java.time.LocalDate;
import java.time.temporal.IsoFields;
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
  YEAR,
  /** Week of the year, 1 to 53, as in ISO 8601: it begins on Monday, and week 1 has a Thursday. */
  WEEK,
  /** Day of the year, 1 to 366. */
  DAY_OF_YEAR;

  private static final long SECONDS_PER_DAY = 86_400L;

  private final String key = name().toLowerCase(Locale.ROOT);

  /** Returns the name in a manifest, such as {@code minute_of_day}. */
  public String key() {
    return key;
  }

  /** Returns whether a date has the part, without a time of day. */
  public boolean isOfDate() {
    return this != HOUR && this != MINUTE_OF_DAY;
  }

  /**
   * Returns the part.
   *
   * @param seconds since 1970-01-01T00:00 on a clock without zone; may be negative
   */
  int of(long seconds) {
    long day = Math.floorDiv(seconds, SECONDS_PER_DAY);
    int secondOfDay = (int) Math.floorMod(seconds, SECONDS_PER_DAY);
    return switch (this) {
      case HOUR -> secondOfDay / 3600;
      case MINUTE_OF_DAY -> secondOfDay / 60;
      case DAY_OF_WEEK -> (int) Math.floorMod(day + 3, 7L) + 1; // 1970-01-01 was a Thursday
      case DAY_OF_MONTH -> LocalDate.ofEpochDay(day).getDayOfMonth();
      case MONTH -> LocalDate.ofEpochDay(day).getMonthValue();
      case YEAR -> LocalDate.ofEpochDay(day).getYear();
      case WEEK -> LocalDate.ofEpochDay(day).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case DAY_OF_YEAR -> LocalDate.ofEpochDay(day).getDayOfYear();
    };
  }
}
