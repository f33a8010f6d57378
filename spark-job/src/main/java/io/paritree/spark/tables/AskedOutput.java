package io.paritree.spark.tables;

import java.util.Optional;

/**
 * A table that a run is asked to write to.
 *
 * @param name a path, which contains a slash, or a name in a catalog of Spark's
 * @param format the format that the table must have, or is made in
 * @param isCreated whether it is made if it is not there
 * @param isEvolved whether columns that it lacks are added to it
 */
public record AskedOutput(String name, TableFormat format, boolean isCreated, boolean isEvolved) {

  /** Returns whether the table is named by its path. */
  public boolean isPath() {
    return name.contains("/") && problem().isEmpty();
  }

  /** Returns why the name is neither a path nor a name; empty if it is one of them. */
  public Optional<String> problem() {
    return TablePath.sqlProblem(name);
  }

  /** Returns the path of the table, without a branch of Iceberg; its name, if it has none. */
  public String path() {
    IcebergName iceberg = IcebergName.of(name);
    return isPath() && format != TableFormat.DELTA && iceberg.isKnown() ? iceberg.table() : name;
  }
}
