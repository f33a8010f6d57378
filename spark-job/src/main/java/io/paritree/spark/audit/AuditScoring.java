package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores rows of an input again. */
@FunctionalInterface
public interface AuditScoring {
  /** Which results there are beside scores. */
  enum Margins {
    SCORED,
    LEFT_OUT
  }

  /**
   * Scores rows.
   *
   * @param files of the model
   * @param kept columns of the rows that are kept, first and in this order
   * @return the kept columns, scores, margins if they are wanted, the label if there is one, {@code
   *     model_version}, and {@code faults}, which is null for a row that was scored
   * @throws ModelException if the model is refused
   * @throws IllegalArgumentException if the rows lack a column
   */
  Dataset<Row> scored(Dataset<Row> rows, ModelFiles files, List<String> kept, Margins margins)
      throws ModelException;
}
