package io.paritree.spark.tables.formats;

import io.paritree.output.PartitionValue;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which published scores a command looks at, and where they are.
 *
 * @param output the directory that they were published to; empty for a table
 * @param table the table's name or path; empty for a directory
 * @param tableFormat the format that tables must have
 * @param keys the columns that identify a row
 * @param from the first day; empty for all days before {@code to}
 * @param to the last day; empty for all days from {@code from}
 * @param calls how many calls of a store are made at the same time
 */
public record AskedScores(
    String output,
    String table,
    AskedFormat tableFormat,
    List<String> keys,
    Optional<LocalDate> from,
    Optional<LocalDate> to,
    CallsAtOnce calls) {
  public AskedScores {
    keys = List.copyOf(keys);
  }

  /** Returns the directory or the table. */
  public String name() {
    return table.isEmpty() ? output : table;
  }

  /** Returns the scores of the same days in another directory. */
  public AskedScores in(String otherOutput) {
    return new AskedScores(otherOutput, "", tableFormat, keys, from, to, calls);
  }

  /** Returns the same scores, for each of some parts that are examined at the same time. */
  public AskedScores ofEach(int parts) {
    return new AskedScores(output, table, tableFormat, keys, from, to, calls.ofEach(parts));
  }

  /**
   * Returns where their state is.
   *
   * @param directory of the output, or of a table
   * @param hadoop settings of Hadoop's client
   */
  public OutputPlace place(String directory, Map<String, String> hadoop) throws IOException {
    return OutputPlace.of(directory, hadoop).with(calls);
  }

  /**
   * Returns whether a partition is of the days: its day is the last of its values that is one.
   *
   * @param partition the values of its columns, in order; null for a null
   */
  public boolean isOf(Collection<String> partition) {
    if (from.isEmpty() && to.isEmpty()) {
      return true;
    }

    Optional<LocalDate> day =
        partition.stream()
            .filter(Objects::nonNull)
            .flatMap(value -> new PartitionValue("day", value).day().stream())
            .reduce((one, later) -> later);
    return day.isPresent()
        && from.map(first -> !day.get().isBefore(first)).orElse(true)
        && to.map(last -> !day.get().isAfter(last)).orElse(true);
  }
}
