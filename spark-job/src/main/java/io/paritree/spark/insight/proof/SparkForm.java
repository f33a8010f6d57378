package io.paritree.spark.insight.proof;

import java.util.Locale;

/** The ways to score records with Spark. */
public enum SparkForm {
  /** A run of the job on Parquet files. */
  JOB_PARQUET("parquet"),
  /** A run of the job on a table of Delta Lake. */
  JOB_DELTA("delta"),
  /** The function {@code predict} in SQL. */
  SQL("parquet"),
  /** The call on a Dataset. */
  DATASET("parquet");

  private final String records;

  /**
   * @param records the format of the table that has its records
   */
  SparkForm(String records) {
    this.records = records;
  }

  /** Returns what users call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String records() {
    return records;
  }
}
