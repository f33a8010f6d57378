package io.paritree.spark.tables;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.versions.DeltaSnapshot;
import io.paritree.spark.versions.IcebergRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A table as it was at one moment.
 *
 * <p>A table of Delta or Iceberg is read at a version, whose files are known. Any other table of a
 * catalog is read as Spark reads it: nothing is known of its files, and two reads may differ.
 */
public sealed interface PinnedTable permits DeltaTable, IcebergTable, CatalogTable {

  /**
   * Finds a table, and the version that is read.
   *
   * @throws RefusedException if it cannot be read, or not at this version
   */
  static PinnedTable open(SparkSession session, AskedTable asked) throws RefusedException {
    try {
      Configuration hadoop = session.sparkContext().hadoopConfiguration();
      TableFormat format =
          asked.isPath() ? asked.format().at(asked.name(), hadoop) : asked.format();
      Optional<String> problem = format.problem(session);
      if (problem.isEmpty() && asked.isPath() && format == TableFormat.DELTA) {
        problem = TablePath.inputProblem(asked.name(), hadoop);
      }

      if (problem.isPresent()) {
        throw refused(asked, problem.get());
      }

      return open(session, asked, format);
    } catch (RefusedException e) {
      throw e;
    } catch (Exception | LinkageError e) { // Spark and the formats throw checked ones undeclared
      throw refused(asked, TableFormat.reason(asked.name(), e));
    }
  }

  private static PinnedTable open(SparkSession session, AskedTable asked, TableFormat format)
      throws Exception {
    Dataset<Row> found = read(session, asked, format, Map.of());
    if (format.isIceberg(found)) {
      return IcebergTable.pin(session, asked, found);
    }

    Optional<DeltaSnapshot> delta = DeltaSnapshot.of(found);
    if (delta.isPresent()) {
      return DeltaTable.pin(session, asked, delta.get());
    } else if (format == TableFormat.DELTA) {
      throw refused(asked, "it is no Delta table");
    } else if (!asked.asOf().isEmpty()) {
      throw refused(asked, "it has no versions that --as-of could name");
    }

    return CatalogTable.of(session, asked, found);
  }

  /** Returns the exception for a table that cannot be read. */
  static RefusedException refused(AskedTable asked, String reason) {
    return new RefusedException(
        "Cannot read table %s%s: %s"
            .formatted(
                asked.name(), asked.asOf().isEmpty() ? "" : " as of " + asked.asOf(), reason));
  }

  /**
   * @param format the one of a table at a path
   */
  static Dataset<Row> read(
      SparkSession session, AskedTable asked, TableFormat format, Map<String, String> options) {
    if (format == TableFormat.ICEBERG) {
      return IcebergRuntime.read(session, asked.name(), "", options);
    }

    DataFrameReader reader = session.read().options(options);
    return asked.isPath() ? reader.format("delta").load(asked.name()) : reader.table(asked.name());
  }

  /** Returns a name as part of an SQL expression. */
  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  AskedTable asked();

  /** Returns the directory of the table; empty if it is not known. */
  String location();

  /** Returns the branch that is read, in words; empty if it is the main one, or there are none. */
  default Optional<String> branch() {
    return Optional.empty();
  }

  /** Returns a text that differs wherever the rows may differ. */
  String identity();

  /** Returns the version; empty if the table has none. */
  String version();

  /** Returns the columns, partition columns among them. */
  StructType schema();

  /** Returns the name that a column has in the files. */
  String nameInFiles(String column);

  /** Returns the partition columns, outermost first. */
  List<String> partitionColumns();

  /** Returns the data files; empty if they are not known. */
  Optional<List<TableFile>> files();

  /** Returns whether Spark reports the files of the table by their paths, not by URIs. */
  boolean reportsPaths();

  /** Returns whether the log says how many rows files have, so that no footer needs to be read. */
  boolean saysRows();

  /**
   * Returns the rows.
   *
   * @param partitions values that the partition columns may be assumed to have, as texts; an empty
   *     text for null
   */
  Dataset<Row> rows(SparkSession session, Map<String, Set<String>> partitions);

  /** Returns the column that numbers the rows of each file; empty if there is none. */
  Optional<Column> rowIndex(Dataset<Row> rows);

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
