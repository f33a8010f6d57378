package io.paritree.spark.tables;

import io.paritree.spark.report.RefusedException;
import java.util.Optional;

/**
 * A table that a run is asked to read.
 *
 * @param asOf the version, a number, or the time, at which the table is read; empty for now
 */
public record TableToRead(String name, String asOf) implements NamedTable {
  /** SQL for a table of a path has a slash, and is read as a name without one. */
  @Override
  public Optional<String> problem() {
    return name.contains("/") ? NamedTable.sqlProblem(name) : Optional.empty();
  }

  @Override
  public RefusedException refused(String reason) {
    return new RefusedException(
        "Cannot read table %s%s: %s"
            .formatted(name, asOf.isEmpty() ? "" : " as of " + asOf, reason));
  }

  /** Returns whether a version is asked for, not a time. */
  public boolean isAsOfVersion() {
    return asOf.matches("[0-9]{1,19}");
  }
}
