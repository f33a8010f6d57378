package io.paritree.spark.proof;

/** How records are kept in files or tables. */
enum RecordForm {
  /** Typed columns: double, boolean and text. */
  PARQUET,
  /** The same in a table of Delta Lake. */
  DELTA
}
