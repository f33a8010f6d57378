package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.CatalogTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/**
 * Chooses the partitions that a run reads.
 *
 * <p>Values of one column are alternatives; values of different columns must all match. Values are
 * compared as text, after unescaping: {@code store=007} is not {@code store=7}.
 *
 * @param requested the values, in the order given; if none is requested, and no range, every
 *     partition is chosen
 * @param range days that are requested in addition
 * @param missing what happens if no partition has a requested value
 */
public record PartitionChoice(
    List<PartitionValue> requested, Optional<DateRange> range, Missing missing) {

  /** Chooses every partition. */
  public static final PartitionChoice ALL =
      new PartitionChoice(List.of(), Optional.empty(), Missing.REFUSED);

  private static final String NO_PARTITIONS =
      "the input has no partition columns, which --partition, --from and --to choose by; partitions"
          + " of files are directories, such as day=2026-11-24, and a column inside of files makes none";

  /** What happens if a requested partition does not exist. */
  public enum Missing {
    REFUSED,
    SKIPPED
  }

  public PartitionChoice {
    requested = List.copyOf(requested);
  }

  /**
   * Chooses from a listing.
   *
   * @param problems receives values that no partition has, and columns that are no partition
   *     columns
   */
  public List<InputPartition> choose(Input listing, List<String> problems) {
    if (listing.isOfRows()) {
      return listing.partitions(); // see checkRows
    }

    boolean isAsked = !requested.isEmpty() || range.isPresent();
    if (isAsked && listing.partitionColumns().isEmpty()) {
      problems.add(NO_PARTITIONS);
      return List.of();
    }

    int before = problems.size();
    List<PartitionValue> all =
        all(DateRange.dailyColumns(listing), listing.partitionColumns(), problems);
    Map<String, Set<String>> byColumn = byColumn(all, listing.partitionColumns(), problems);
    if (problems.size() > before) {
      return List.of();
    }

    List<InputPartition> chosen = new ArrayList<>();
    for (InputPartition partition : listing.partitions()) {
      if (partition.values().stream()
          .allMatch(
              value ->
                  !byColumn.containsKey(value.column())
                      || byColumn.get(value.column()).contains(value.value()))) {
        chosen.add(partition);
      }
    }

    List<List<PartitionValue>> found = chosen.stream().map(InputPartition::values).toList();
    Set<PartitionValue> known = new HashSet<>();
    listing.partitions().forEach(partition -> known.addAll(partition.values()));
    checkFound(all, found, Optional.of(known), listing.shown(), problems);
    return chosen;
  }

  /**
   * Makes sure that a table whose partitions are not known has rows of the requested ones. Reads
   * its partition columns.
   *
   * @param table limited to the rows of the requested values
   * @param problems receives values that no row has
   */
  public void checkRows(CatalogTable table, SparkSession session, List<String> problems) {
    if (table.only().isEmpty() || !problems.isEmpty()) {
      return;
    }

    List<List<PartitionValue>> found = new ArrayList<>();
    for (Map<String, String> values : table.values(session)) {
      List<PartitionValue> partition = new ArrayList<>();
      values.forEach(
          (column, value) ->
              partition.add(
                  new PartitionValue(column, value == null ? PartitionValue.HIVE_DEFAULT : value)));
      found.add(partition);
    }

    checkFound(
        all(table.partitionColumns(), table.partitionColumns(), problems),
        found,
        Optional.empty(),
        table.shown(),
        problems);
  }

  /**
   * @param found the values of each partition that is chosen
   * @param known the values of all partitions; empty if only the chosen ones are known
   */
  private void checkFound(
      List<PartitionValue> all,
      List<List<PartitionValue>> found,
      Optional<Set<PartitionValue>> known,
      String input,
      List<String> problems) {
    for (PartitionValue value : missing == Missing.SKIPPED ? List.<PartitionValue>of() : all) {
      if (found.stream().noneMatch(values -> values.contains(value))) {
        List<String> others =
            all.stream()
                .map(PartitionValue::column)
                .filter(column -> !column.equals(value.column()))
                .distinct()
                .toList();
        boolean isNowhere = known.filter(values -> !values.contains(value)).isPresent();
        problems.add(
            isNowhere || others.isEmpty()
                ? "there is no partition %s".formatted(value)
                : "there is no partition %s with a requested value of %s"
                    .formatted(value, String.join(", ", others)));
      }
    }

    if (found.isEmpty() && problems.isEmpty()) {
      problems.add(
          all.isEmpty()
              ? "input %s has no partition: it is empty".formatted(input)
              : "none of the requested partitions is in the input");
    }
  }

  private static Map<String, Set<String>> byColumn(
      List<PartitionValue> values, List<String> partitionColumns, List<String> problems) {
    Map<String, Set<String>> byColumn = new LinkedHashMap<>();
    for (PartitionValue value : values) {
      byColumn.computeIfAbsent(value.column(), column -> new TreeSet<>()).add(value.value());
    }

    for (String column : byColumn.keySet()) {
      if (!partitionColumns.contains(column)) {
        problems.add(
            "the input has no partition column '%s'; it has %s"
                .formatted(column, partitionColumns));
      }
    }

    return byColumn;
  }

  /**
   * Returns the requested values of each column of a table whose partitions are not known; an empty
   * text for null.
   *
   * @param problems receives columns that are no partition columns
   */
  public Map<String, Set<String>> values(List<String> partitionColumns, List<String> problems) {
    Map<String, Set<String>> values =
        byColumn(all(partitionColumns, partitionColumns, problems), partitionColumns, problems);
    values.values().stream()
        .filter(own -> own.remove(PartitionValue.HIVE_DEFAULT))
        .forEach(own -> own.add(""));
    return values;
  }

  /**
   * Returns all requested values.
   *
   * @param daily the partition columns that may hold days
   */
  private List<PartitionValue> all(
      List<String> daily, List<String> partitionColumns, List<String> problems) {
    List<PartitionValue> all = new ArrayList<>(requested);
    if (range.isPresent()) {
      Optional<String> column = range.get().columnAmong(daily);
      if (column.isEmpty()) {
        problems.add(
            "it is unclear which of the partition columns %s holds the days; give --from COLUMN=DAY"
                .formatted(partitionColumns));
        return List.of();
      }

      all.addAll(range.get().values(column.get()));
    }

    return all;
  }
}
