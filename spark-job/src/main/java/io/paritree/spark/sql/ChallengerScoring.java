package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.outcome.MeasuredModel;
import io.paritree.spark.outcomes.Rescoring;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores rows whose outcomes are known with another model, and says which package it was. */
public record ChallengerScoring() implements Rescoring {

  @Override
  public Rescored scored(Dataset<Row> rows, String model, List<String> kept)
      throws ModelException, IOException {
    PlannedModel planned = PlannedModel.of(rows.sparkSession(), model);
    DatasetScoring scoring = Paritree.model(model).keys(kept.toArray(String[]::new));
    return new Rescored(
        scoring.score(rows, planned), new MeasuredModel(planned.modelVersion(), planned.digest()));
  }
}
