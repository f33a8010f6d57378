package io.paritree.spark.tables;

/**
 * A table that a run is asked to read.
 *
 * @param name a path, which contains a slash, or a name in a catalog of Spark's
 * @param format the format that the table must have
 * @param asOf the version, a number, or the time, at which the table is read; empty for now
 */
public record AskedTable(String name, TableFormat format, String asOf) {

  /** Returns whether the table is named by its path. */
  public boolean isPath() {
    return name.contains("/");
  }

  boolean isAsOfVersion() {
    return asOf.matches("[0-9]{1,19}");
  }
}
