package io.paritree.spark.insight.drift;

import io.paritree.output.PartitionValue;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * The partitions to which one belongs in time: the day before is one of them, the same day of
 * another region is not.
 *
 * <p>If a column of the path has a day, the others have the same values in all partitions of the
 * series. Otherwise, columns whose values begin with a digit are its time. An output that is not
 * partitioned is a series by itself: its rows are compared with those that they replace.
 *
 * @param values of the partition
 * @param dayLevel the last level whose value is a day; -1 if none is
 */
record Series(String partition, List<PartitionValue> values, int dayLevel) {
  static Series of(String partition) {
    List<PartitionValue> values = PartitionValue.ofPath(partition);
    int level = values.size() - 1;
    while (level >= 0 && values.get(level).day().isEmpty()) {
      level--;
    }

    return new Series(partition, values, level);
  }

  /** Returns the day of a partition of the series; empty if it has none. */
  Optional<LocalDate> day(List<PartitionValue> others) {
    return dayLevel < 0 ? Optional.empty() : others.get(dayLevel).day();
  }

  /** Returns whether a partition is of this series. */
  boolean has(List<PartitionValue> others) {
    if (others.size() != values.size()) {
      return false;
    }

    for (int level = 0; level < others.size(); level++) {
      if (!mayHave(level, others.get(level))) {
        return false;
      }
    }

    return true;
  }

  /** Returns a text that all partitions have whose series have the same partitions. */
  String key() {
    StringBuilder key = new StringBuilder().append(dayLevel);
    for (int level = 0; level < values.size(); level++) {
      PartitionValue own = values.get(level);
      boolean isTime = dayLevel >= 0 ? level == dayLevel : isTime(own);
      key.append('/').append(isTime ? own.column() : own.directoryName());
    }

    return key.toString();
  }

  /** Returns whether a partition of the series may have a value at a level. */
  boolean mayHave(int level, PartitionValue value) {
    PartitionValue own = values.get(level);
    if (!own.column().equals(value.column())) {
      return false;
    }

    if (dayLevel >= 0) {
      return level == dayLevel ? value.day().isPresent() : own.equals(value);
    }

    return own.equals(value) || isTime(own) && isTime(value);
  }

  private static boolean isTime(PartitionValue value) {
    char first = value.value().charAt(0);
    return first >= '0' && first <= '9';
  }
}
