package io.paritree.spark.proof;

import java.util.Locale;

/** The ways to score records with Spark. */
public enum SparkForm {
  /** A run of the job on Parquet files. */
  JOB_PARQUET(RecordForm.PARQUET),
  /** A run of the job on a table of Delta Lake. */
  JOB_DELTA(RecordForm.DELTA),
  /** The function {@code predict} in SQL. */
  SQL(RecordForm.PARQUET),
  /** The call on a Dataset. */
  DATASET(RecordForm.PARQUET);

  private final RecordForm records;

  /**
   * @param records how the records are kept for it
   */
  SparkForm(RecordForm records) {
    this.records = records;
  }

  /** Returns what users call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  RecordForm records() {
    return records;
  }
}
