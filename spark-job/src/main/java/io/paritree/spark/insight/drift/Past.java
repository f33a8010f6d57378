package io.paritree.spark.insight.drift;

import io.paritree.output.PartitionValue;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The partitions of a series, found and ordered once for all of them: to each, those before it.
 *
 * <p>Not thread-safe.
 */
final class Past {
  private final Series series;

  /** With their days, the newest first. */
  private final NavigableMap<String, Optional<LocalDate>> partitions =
      new TreeMap<>(PartitionValue.ORDER.reversed());

  Past(Series series) {
    this.series = series;
  }

  /** Adds a partition if it is one of the series. */
  void add(String partition, List<PartitionValue> values) {
    if (!values.isEmpty() && series.has(values)) {
      partitions.put(partition, series.day(values));
    }
  }

  /** Returns the partitions before one of the series, the newest first. */
  NavigableMap<String, Optional<LocalDate>> before(String partition) {
    return partitions.tailMap(partition, false);
  }

  /**
   * Returns the partitions before one whose days are as many whole weeks before its day, the newest
   * first; none if its day is not known.
   *
   * @param most weeks
   */
  List<String> weekdays(String partition, int most) {
    Optional<LocalDate> day = series.day(PartitionValue.ofPath(partition));
    List<String> weekdays = new ArrayList<>();
    if (day.isPresent()) {
      before(partition)
          .forEach(
              (earlier, own) -> {
                long days = day.get().toEpochDay() - own.orElseThrow().toEpochDay();
                if (days % 7 == 0 && days <= 7L * most) {
                  weekdays.add(earlier);
                }
              });
    }

    return weekdays;
  }
}
