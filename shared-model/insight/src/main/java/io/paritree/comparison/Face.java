package io.paritree.comparison;

/** Where a model is used. */
public enum Face {
  /** By the job and in SQL, which read tables. */
  TABLES,
  /** By the server, which reads records. */
  HTTP
}
