package io.paritree.spark.audit;

import io.paritree.output.PartitionValue;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be proved.
 *
 * @param published where the scores are
 * @param model in whose store the versions are that have scored, as for scripts/score; empty if
 *     rows are not to be scored again
 * @param input what was scored
 * @param sample share of the keys that are scored again, above 0 to 1
 * @param engine that scores them
 */
public record AuditQuery(
    Scores published, String model, Rows input, double sample, AuditEngine engine) {

  /** Returns whether all rows are scored again. */
  boolean isOfAll() {
    return sample >= 1;
  }

  /**
   * Where the scores are.
   *
   * @param output the directory that they were published to; empty for a table
   * @param table the table's name or path; empty for a directory
   * @param stateDirectory of the output; empty for the one that it records, or the one next to it
   * @param keys the columns of the key; empty for those that the output records
   * @param partitions values of partition columns: those of one column are alternatives; empty for
   *     all
   * @param from the first day; empty for all days before {@code to}
   * @param to the last day; empty for all days from {@code from}
   */
  public record Scores(
      String output,
      String table,
      AskedFormat tableFormat,
      String stateDirectory,
      List<String> keys,
      List<PartitionValue> partitions,
      Optional<LocalDate> from,
      Optional<LocalDate> to) {
    public Scores {
      keys = List.copyOf(keys);
      partitions = List.copyOf(partitions);
    }

    String name() {
      return table.isEmpty() ? output : table;
    }

    /** Returns whether a partition is asked for: its day is the last of its values that is one. */
    boolean isOf(String partition) {
      List<PartitionValue> values = PartitionValue.ofPath(partition);
      for (PartitionValue asked : partitions) {
        boolean isAny =
            values.stream()
                .anyMatch(
                    own ->
                        partitions.stream()
                            .filter(other -> other.column().equals(asked.column()))
                            .anyMatch(own::equals));
        if (!isAny) {
          return false;
        }
      }

      if (from.isEmpty() && to.isEmpty()) {
        return true;
      }

      Optional<LocalDate> day =
          values.stream()
              .map(value -> value.day().orElse(null))
              .filter(Objects::nonNull)
              .reduce((one, later) -> later);
      return day.isPresent()
          && from.map(first -> !day.get().isBefore(first)).orElse(true)
          && to.map(last -> !day.get().isAfter(last)).orElse(true);
    }
  }

  /**
   * What was scored.
   *
   * @param path a directory or file; empty for the one that the output records
   * @param table instead of it; empty for a directory
   * @param version of the table; empty for the one that the output records
   * @param comparison how names of columns are compared
   */
  public record Rows(
      String path, InputFormat format, String table, String version, ReadColumn.Case comparison) {}
}
