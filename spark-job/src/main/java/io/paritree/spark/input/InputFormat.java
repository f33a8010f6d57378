package io.paritree.spark.input;

/** The format of the input's files. */
public enum InputFormat {
  /** Apache Parquet. */
  PARQUET,
  /** CSV in UTF-8, with a header line in each file, quoted by RFC 4180. */
  CSV
}
