package io.paritree.spark.input;

/** How the input's files are written. */
public enum InputFormat {
  /** Apache Parquet. */
  PARQUET,
  /** CSV in UTF-8, with a header line in each file, quoted by RFC 4180. */
  CSV
}
