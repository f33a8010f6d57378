package io.paritree.spark.tables;

import io.paritree.spark.report.RefusedException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A format of tables: how its tables are found, read at a version, and written to. */
public interface TableFormat {
  /** Returns the name of the format in messages. */
  String shown();

  /** Returns the settings that a session needs for the format, where they are not given. */
  default Map<String, String> settings(SparkConf given) {
    return Map.of();
  }

  /** Returns why this session cannot use tables of the format; empty if it can. */
  Optional<String> problem(SparkSession session);

  /** Returns whether the directory of a path shows that it is a table of the format. */
  boolean isAt(String path, Configuration hadoop) throws IOException;

  /** Returns whether there is a table of the format at a path. */
  default boolean has(String path, Configuration hadoop) throws IOException {
    return isAt(path, hadoop);
  }

  /** Returns why a path cannot name a table to read; empty if it can. */
  default Optional<String> inputProblem(String path, Configuration hadoop) throws IOException {
    return Optional.empty();
  }

  /**
   * Returns why a path cannot name a table to write to; empty if it can. All formats are asked
   * about paths of any of them: with an end that one takes for a version, the path is another
   * table's there.
   */
  default Optional<String> outputProblem(String path, Configuration hadoop) throws IOException {
    return Optional.empty();
  }

  /** Returns whether a catalog's table is one of the format. */
  boolean isOf(Dataset<Row> found);

  /** Reads the table at a path as it is now. */
  Dataset<Row> read(SparkSession session, String path);

  /**
   * Finds the version of a table that is read.
   *
   * @param found the table as it is now
   * @throws RefusedException if it cannot be read, or not at this version
   */
  PinnedTable pin(SparkSession session, TableToRead asked, Dataset<Row> found) throws Exception;

  /** Finds the table at a path to write to; it need not be there. */
  OutputTable output(SparkSession session, TableToWrite asked) throws RefusedException, IOException;

  /** Finds a catalog's table to write to. */
  OutputTable output(SparkSession session, TableToWrite asked, Dataset<Row> found)
      throws RefusedException, IOException;

  /** Returns why the format's classes cannot be linked; empty if that is unknown. */
  default Optional<String> unfit(LinkageError failure) {
    return Optional.empty();
  }

  /** Returns the known fault of the format that a failure shows, and its cure; empty if none. */
  default Optional<String> fault(Throwable failure) {
    return Optional.empty();
  }
}
