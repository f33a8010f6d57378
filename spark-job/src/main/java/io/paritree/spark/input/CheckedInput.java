package io.paritree.spark.input;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * An input that has passed the check.
 *
 * @param format how its files are written
 * @param listing all that lies under it
 * @param selected the partitions that the run reads
 * @param columns the columns that it reads, each once: keys, passed ones, features'
 * @param isReadByRows whether Spark brings rows, not batches: it can bring no others of some
 *     column, or was told not to
 * @param rows how many rows each file holds by its footer, by the file's name; of CSV files only
 *     those that hold none
 */
public record CheckedInput(
    InputFormat format,
    InputListing listing,
    List<InputPartition> selected,
    List<ReadColumn> columns,
    boolean isReadByRows,
    Map<String, Long> rows) {
  public CheckedInput {
    selected = List.copyOf(selected);
    columns = List.copyOf(columns);
    rows = Map.copyOf(rows);
  }

  /** Returns how many rows files hold by their footers; empty where only reading tells. */
  public OptionalLong rowsOf(List<InputFile> files) {
    return format == InputFormat.CSV
        ? OptionalLong.empty()
        : OptionalLong.of(files.stream().mapToLong(file -> rows.get(file.name())).sum());
  }

  /** Returns whether it was seen that a file holds no row. */
  public boolean isEmpty(InputFile file) {
    return rows.getOrDefault(file.name(), 1L) == 0;
  }

  /** Returns the column of this name, which must be one of those read. */
  public ReadColumn column(String name) {
    for (ReadColumn column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
    }

    throw new IllegalArgumentException("Cannot find column '%s' among those read".formatted(name));
  }
}
