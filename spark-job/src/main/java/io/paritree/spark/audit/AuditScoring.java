package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.ExplanationSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores rows of an input again. */
public interface AuditScoring {
  /** Which results there are beside scores. */
  enum Margins {
    SCORED,
    LEFT_OUT
  }

  /**
   * What is wanted of the rows.
   *
   * @param kept columns that are kept, first and in this order
   * @param cells columns whose texts are read as cells of CSV are
   * @param explanation reasons and contributions; empty for none
   */
  record Wanted(
      List<String> kept,
      Set<String> cells,
      Margins margins,
      Optional<ExplanationSettings> explanation) {}

  /** Returns the columns that contributions of a model have. */
  List<String> contributions(ScoringModel model);

  /**
   * Scores rows.
   *
   * @param files of the model
   * @return the kept columns, scores, margins if they are wanted, the label if there is one,
   *     reasons and contributions if they are wanted, {@code model_version}, and {@code faults},
   *     which is null for a row that was scored
   * @throws ModelException if the model is refused
   * @throws IllegalArgumentException if the rows lack a column
   */
  Dataset<Row> scored(Dataset<Row> rows, ModelFiles files, Wanted wanted) throws ModelException;
}
