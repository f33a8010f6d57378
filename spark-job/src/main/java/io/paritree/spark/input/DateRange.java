package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The days of a backfill, first and last included.
 *
 * @param column the partition column; empty for the only one whose values are all days or null
 */
public record DateRange(String column, LocalDate from, LocalDate to) {
  private static final long MAX_DAYS = 10_000;

  public DateRange {
    if (from.isAfter(to) || to.toEpochDay() - from.toEpochDay() >= MAX_DAYS) {
      throw new IllegalArgumentException(
          "Cannot use the days from %s to %s: the first must not be after the last, and at most %s"
                  .formatted(from, to, MAX_DAYS)
              + " days are expected");
    }
  }

  /**
   * Reads the two ends as a user writes them: {@code yyyy-MM-dd} or {@code column=yyyy-MM-dd}.
   *
   * @throws IllegalArgumentException if one is neither, or they name two columns
   */
  public static DateRange parse(String from, String to) {
    int fromAt = from.lastIndexOf('=');
    int toAt = to.lastIndexOf('=');
    String fromColumn = fromAt < 0 ? "" : from.substring(0, fromAt);
    String toColumn = toAt < 0 ? fromColumn : to.substring(0, toAt);
    String column = fromAt < 0 ? toColumn : fromColumn;
    if (!column.equals(toColumn)) {
      throw new IllegalArgumentException(
          "Cannot use days of two columns, '%s' and '%s'".formatted(fromColumn, toColumn));
    }

    return new DateRange(column, day(from.substring(fromAt + 1)), day(to.substring(toAt + 1)));
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "Cannot read day '%s': yyyy-MM-dd is expected".formatted(text), e);
    }
  }

  /** Returns the value of each day. */
  List<PartitionValue> values(String ofColumn) {
    List<PartitionValue> values = new ArrayList<>();
    for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
      values.add(new PartitionValue(ofColumn, day.toString()));
    }

    return values;
  }

  private static boolean isDay(PartitionValue value) {
    return value.value().matches("\\d{4}-\\d\\d-\\d\\d");
  }

  /** Returns the partition columns whose values are all days or null, but not all null. */
  static List<String> dailyColumns(Input listing) {
    return listing.partitionColumns().stream().filter(name -> isDaily(name, listing)).toList();
  }

  private static boolean isDaily(String column, Input listing) {
    List<PartitionValue> values =
        listing.partitions().stream()
            .flatMap(partition -> partition.values().stream())
            .filter(value -> value.column().equals(column))
            .toList();
    boolean hasDay = values.isEmpty() || values.stream().anyMatch(DateRange::isDay);
    return hasDay && values.stream().allMatch(value -> value.isNull() || isDay(value));
  }

  /** Returns the range's column, or the only one that may be it; empty if that is not clear. */
  Optional<String> columnAmong(List<String> possible) {
    if (!column.isEmpty()) {
      return Optional.of(column);
    }

    return possible.size() == 1 ? Optional.of(possible.get(0)) : Optional.empty();
  }
}
