package io.paritree.spark.proof;

import io.paritree.proof.AnsweredReasons;
import io.paritree.proof.AskedReasons;
import java.util.Locale;

/** The ways to score records with Spark. */
public enum SparkForm {
  /** A run of the job on Parquet files. */
  JOB_PARQUET(RecordForm.PARQUET),
  /** A run of the job on CSV files. */
  JOB_CSV(RecordForm.CSV),
  /** A run of the job on a table of Delta Lake. */
  JOB_DELTA(RecordForm.DELTA),
  /** The function {@code predict} in SQL, in code that Spark generates. */
  SQL(RecordForm.PARQUET),
  /** The same without generated code. */
  SQL_INTERPRETED(RecordForm.PARQUET),
  /** The same function on a stream. */
  SQL_STREAM(RecordForm.PARQUET),
  /** The call on a Dataset. */
  DATASET(RecordForm.PARQUET),
  /** The same call on a stream. */
  DATASET_STREAM(RecordForm.PARQUET);

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

  /** Returns whether it is the function in SQL. */
  public boolean isSql() {
    return this == SQL || this == SQL_INTERPRETED || this == SQL_STREAM;
  }

  /** Returns whether the records are a stream. */
  public boolean isStream() {
    return this == SQL_STREAM || this == DATASET_STREAM;
  }

  /** Returns where the reasons go: of SQL there are no exact ones, and neither base nor rest. */
  AnsweredReasons answered(AskedReasons asked, int records) {
    AskedReasons given = isSql() && asked.areExact() ? AskedReasons.NONE : asked;
    return given.answered(records, !isSql());
  }
}
