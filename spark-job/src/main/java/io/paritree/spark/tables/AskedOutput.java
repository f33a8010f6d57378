package io.paritree.spark.tables;

/**
 * A Delta table that a run is asked to write to.
 *
 * @param name a path, which contains a slash, or a name in a catalog of Spark's
 * @param isCreated whether it is made if it is not there
 * @param isEvolved whether columns that it lacks are added to it
 */
public record AskedOutput(String name, boolean isCreated, boolean isEvolved) {

  /** Returns whether the table is named by its path. */
  public boolean isPath() {
    return name.contains("/");
  }
}
