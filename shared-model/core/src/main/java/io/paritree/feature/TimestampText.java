package io.paritree.feature;

import java.time.LocalDate;
import java.time.YearMonth;

/**
 * Timestamps as text: {@code yyyy-MM-dd[(T or blank)HH:mm[:ss[.fraction]]][offset]}.
 *
 * <p>The offset is {@code Z}, {@code +HH}, {@code +HHmm} or {@code +HH:mm} (or with a minus sign),
 * at most 18 hours. A fraction has 1 to 9 digits; digits below a microsecond are cut off. Without a
 * time of day, the time is midnight.
 */
final class TimestampText {
  /** The text is not a timestamp. */
  static final long BAD = Long.MIN_VALUE;

  private static final long MICROS_PER_SECOND = 1_000_000L;

  private final byte[] utf8;
  private final int end;
  private int at;

  private TimestampText(byte[] utf8, int offset, int length) {
    this.utf8 = utf8;
    this.at = offset;
    this.end = offset + length;
  }

  /**
   * Returns the timestamp as twice its microseconds, plus 1 if it has an offset and so is an
   * instant; or {@link #BAD}. Years have four digits, so that the doubled value always fits.
   */
  static long parse(byte[] utf8, int offset, int length) {
    return new TimestampText(utf8, offset, length).parse();
  }

  static boolean isInstant(long parsed) {
    return (parsed & 1) == 1;
  }

  static long micros(long parsed) {
    return parsed >> 1;
  }

  private long parse() {
    int year = number(4);
    boolean dashed = skip('-');
    int month = number(2);
    dashed &= skip('-');
    int day = number(2);
    if (!dashed || year < 0 || month < 1 || month > 12 || day < 1) {
      return BAD;
    }

    if (day > YearMonth.of(year, month).lengthOfMonth()) {
      return BAD;
    }

    long micros = LocalDate.of(year, month, day).toEpochDay() * 86_400L * MICROS_PER_SECOND;
    if (skip('T') || skip(' ')) {
      long timeOfDay = timeOfDay();
      if (timeOfDay < 0) {
        return BAD;
      }

      micros += timeOfDay;
    }

    if (at == end) {
      return micros << 1;
    }

    int offsetSeconds = offsetSeconds();
    if (offsetSeconds == Integer.MIN_VALUE || at != end) {
      return BAD;
    }

    return (micros - offsetSeconds * MICROS_PER_SECOND) << 1 | 1;
  }

  private long timeOfDay() {
    int hour = number(2);
    boolean colon = skip(':');
    int minute = number(2);
    if (!colon || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
      return -1;
    }

    long micros = (hour * 60L + minute) * 60L * MICROS_PER_SECOND;
    if (!skip(':')) {
      return micros;
    }

    int second = number(2);
    if (second < 0 || second > 59) {
      return -1;
    }

    micros += second * MICROS_PER_SECOND;
    return skip('.') ? fraction(micros) : micros;
  }

  private long fraction(long micros) {
    int digits = 0;
    long fraction = 0;
    while (at < end && utf8[at] >= '0' && utf8[at] <= '9') {
      if (digits < 6) {
        fraction = fraction * 10 + (utf8[at] - '0');
      }

      digits++;
      at++;
    }

    if (digits < 1 || digits > 9) {
      return -1;
    }

    for (int scale = digits; scale < 6; scale++) {
      fraction *= 10;
    }

    return micros + fraction;
  }

  private int offsetSeconds() {
    if (skip('Z')) {
      return 0;
    }

    int sign = 0;
    if (skip('+')) {
      sign = 1;
    } else if (skip('-')) {
      sign = -1;
    }

    int hours = number(2);
    int minutes = 0;
    if (at < end) {
      skip(':');
      minutes = number(2);
    }

    boolean good = sign != 0 && hours >= 0 && minutes >= 0 && minutes < 60;
    int seconds = (hours * 60 + minutes) * 60;
    return good && seconds <= 18 * 3600 ? sign * seconds : Integer.MIN_VALUE;
  }

  /** Reads exactly {@code digits} digits; -1 if fewer follow. */
  private int number(int digits) {
    if (at + digits > end) {
      return -1;
    }

    int number = 0;
    for (int digit = 0; digit < digits; digit++) {
      int value = utf8[at + digit] - '0';
      if (value < 0 || value > 9) {
        return -1;
      }

      number = number * 10 + value;
    }

    at += digits;
    return number;
  }

  private boolean skip(char expected) {
    if (at < end && utf8[at] == expected) {
      at++;
      return true;
    }

    return false;
  }
}
