package io.paritree.spark.tables;

import io.paritree.spark.report.RefusedException;
import java.util.Optional;

/**
 * A table that a run is asked to write to.
 *
 * @param isCreated whether it is made if it is not there
 */
public record TableToWrite(String name, boolean isCreated) implements NamedTable {
  @Override
  public Optional<String> problem() {
    return NamedTable.sqlProblem(name);
  }

  @Override
  public RefusedException refused(String reason) {
    return new RefusedException("Cannot write to table %s: %s".formatted(name, reason));
  }
}
