package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.spark.audit.AuditEngine;
import io.paritree.spark.audit.AuditScoring;
import io.paritree.spark.rows.ScoreFields;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Scores the rows of an audit. Rows are encoded one by one, and not in the columns of the job, and
 * scored by another engine; only {@code Feature} is the same.
 *
 * @param engine that scores
 */
public record SecondScoring(AuditEngine engine) implements AuditScoring {

  @Override
  public List<String> contributions(ScoringModel model) {
    return ScoreFields.contributions(model);
  }

  @Override
  public Dataset<Row> scored(Dataset<Row> rows, ModelFiles files, Wanted wanted)
      throws ModelException {
    Scorer scorer =
        switch (engine) {
          case SPEC -> Scorer.SPECIFICATION;
          case XGBOOST -> Scorer.LIBXGBOOST;
        };
    DatasetScoring scoring =
        new DatasetScoring(files.origin())
            .keys(wanted.kept().toArray(String[]::new))
            .ofCells(wanted.cells())
            .explained(wanted.explanation())
            .withFaults();
    return (wanted.margins() == Margins.SCORED ? scoring.withMargin() : scoring)
        .score(rows, PlannedModel.of(rows.sparkSession(), files, scorer));
  }
}
