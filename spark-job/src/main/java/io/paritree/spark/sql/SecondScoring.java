package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Scores the rows of an input again. Rows are encoded one by one, and not in the columns of the
 * job, and scored by another engine; only {@code Feature} is the same.
 *
 * @param scorer what of a model scores
 */
public record SecondScoring(Scorer scorer) {
  /**
   * What is wanted of the rows.
   *
   * @param kept columns that are kept, first and in this order
   * @param cells columns whose texts are read as cells of CSV are
   */
  public record Wanted(
      List<String> kept, Set<String> cells, boolean hasMargins, boolean hasContributions) {}

  /**
   * Scores rows.
   *
   * @param files of the model
   * @return the kept columns, scores, margins if they are wanted, the label if there is one,
   *     contributions if they are wanted, {@code model_version}, and {@code faults}, which is null
   *     for a row that was scored
   * @throws ModelException if the model is refused
   * @throws IllegalArgumentException if the rows lack a column
   */
  public Dataset<Row> scored(Dataset<Row> rows, ModelFiles files, Wanted wanted)
      throws ModelException {
    DatasetScoring scoring =
        new DatasetScoring(files.origin())
            .keys(wanted.kept().toArray(String[]::new))
            .ofCells(wanted.cells())
            .withFaults();
    scoring = wanted.hasMargins() ? scoring.withMargin() : scoring;
    scoring = wanted.hasContributions() ? scoring.withContributions() : scoring;
    return scoring.score(rows, PlannedModel.of(rows.sparkSession(), files, scorer));
  }
}
