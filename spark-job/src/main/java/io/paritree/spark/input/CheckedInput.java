package io.paritree.spark.input;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * An input that has passed the check.
 *
 * @param format the format of its files
 * @param listing all its partitions and files
 * @param selected the partitions that the run reads
 * @param columns the columns that the run needs, each once: keys, passed columns, features' columns
 * @param more other columns that are read, for challengers
 * @param isReadByRows whether Spark delivers rows instead of batches: because it cannot read some
 *     column in batches, or because its settings turn batches off
 * @param rows the number of rows of each read file from its footer or the table's log, by the
 *     file's name, as far as it is known; of CSV files, only those without rows are contained
 */
public record CheckedInput(
    InputFormat format,
    Input listing,
    List<InputPartition> selected,
    List<ReadColumn> columns,
    List<ReadColumn> more,
    boolean isReadByRows,
    Map<String, Long> rows) {
  public CheckedInput {
    selected = List.copyOf(selected);
    columns = List.copyOf(columns);
    more = List.copyOf(more);
    rows = Map.copyOf(rows);
  }

  /**
   * Returns how many rows files hold by their footers or the log of a table, without rows that the
   * table's version does not have; empty where nothing says that: for CSV, for tables whose files
   * are not known, and if only the deletes of a table say which rows it has.
   */
  public OptionalLong rowsOf(List<InputFile> files) {
    return format == InputFormat.CSV
            || listing.isOfRows()
            || files.stream().anyMatch(file -> !rows.containsKey(file.name()))
        ? OptionalLong.empty()
        : OptionalLong.of(files.stream().mapToLong(file -> rows.get(file.name())).sum());
  }

  /** Returns all columns that are read. */
  public List<ReadColumn> read() {
    return Stream.concat(columns.stream(), more.stream()).toList();
  }

  /**
   * Returns a session that can read it: the given one, or one with the same settings for rows
   * instead of batches. The given one stays as it is, since its other queries may be planned.
   */
  public SparkSession reading(SparkSession session) {
    return isReadByRows
        ? ReadSession.of(session, Map.of("spark.sql.parquet.enableVectorizedReader", "false"))
        : session;
  }

  /** Returns the same input, of which only the columns are read that the run needs. */
  public CheckedInput withoutMore() {
    return new CheckedInput(format, listing, selected, columns, List.of(), isReadByRows, rows);
  }

  /** Returns whether a file is known to hold no row. */
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
