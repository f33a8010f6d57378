package io.paritree.spark.insight.proof;

import io.paritree.store.Location;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores records that are in files or a table, in each way of Spark. */
public interface TableScoring {
  /** The column by which records are found again: an int. */
  String KEY = "parity_record";

  /** The column of faults: null for a record that was scored, otherwise with field and code. */
  String FAULTS = "faults";

  /**
   * Scores records.
   *
   * @param form how
   * @param path of the files or the table; the directory that it is in is free for other files
   * @return rows with {@link #KEY}, and either scores, margins, the label and the reasons that are
   *     asked for, or {@link #FAULTS}
   */
  List<Dataset<Row>> scored(SparkSession session, SparkForm form, String path) throws Exception;

  /**
   * Scores records and publishes their scores, so that servers answer them by key.
   *
   * @param path of the files
   * @param output the directory to publish to, in place of what is there
   * @return the id of the run
   */
  String published(SparkSession session, String path, Location output) throws Exception;
}
