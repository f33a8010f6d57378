package io.paritree.spark.tables;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A table as it was at one moment.
 *
 * <p>A table of a known format is read at a version, whose files are known. Any other table of a
 * catalog is read as Spark reads it ({@link CatalogTable}): nothing is known of its files, and two
 * reads may differ.
 */
public interface PinnedTable {
  TableToRead asked();

  /** Returns the directory of the table; empty if it is not known. */
  default String location() {
    return "";
  }

  /** Returns a text that differs wherever the rows may differ. */
  String identity();

  /** Returns the version; empty if the table has none. */
  default String version() {
    return "";
  }

  /** Returns the command that removes files of old versions; empty if files are not known. */
  default String cleanup() {
    return "";
  }

  /** Returns the columns, partition columns among them. */
  StructType schema();

  /** Returns the name that a column has in the files. */
  default String nameInFiles(String column) {
    return column;
  }

  /** Returns the partition columns, outermost first. */
  List<String> partitionColumns();

  /** Returns the data files; none if they are not known. */
  default List<TableFile> files() {
    return List.of();
  }

  /** Returns what runs have written; empty if the table does not say it. */
  default Optional<RunMarks> marks() {
    return Optional.empty();
  }

  /** Returns whether Spark reports the files of the table by their paths, not by URIs. */
  default boolean reportsPaths() {
    return false;
  }

  /** Returns whether the log says how many rows files have, so that no footer needs to be read. */
  default boolean saysRows() {
    return false;
  }

  /**
   * Returns the rows.
   *
   * @param partitions values that the partition columns may be assumed to have, as texts; an empty
   *     text for null
   */
  Dataset<Row> rows(SparkSession session, Map<String, Set<String>> partitions);

  /** Returns the column that numbers the rows of each file; empty if there is none. */
  default Optional<Column> rowIndex(Dataset<Row> rows) {
    return Optional.empty();
  }

  /**
   * Returns the name of that column in a columnar scan, if it is another one than in Parquet files.
   */
  default Optional<String> rowIndexInScan() {
    return Optional.empty();
  }

  /** Returns the table as messages name it. */
  default String shown() {
    return version().isEmpty()
        ? asked().name()
        : "%s version %s".formatted(asked().name(), version());
  }

  /** Returns the names of all columns. */
  default List<String> columns() {
    return Arrays.asList(schema().fieldNames());
  }
}
