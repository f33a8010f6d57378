package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.feature.Schema;
import io.paritree.outcome.MeasuredModel;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.outcomes.Rescoring;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores rows whose outcomes are known with another model, and says which package it was. */
public record ChallengerScoring() implements Rescoring {

  @Override
  public Model open(SparkSession session, String reference) throws ModelException, IOException {
    return new Planned(reference, PlannedModel.of(session, reference));
  }

  private record Planned(String reference, PlannedModel planned) implements Model {

    @Override
    public MeasuredModel measured() {
      return new MeasuredModel(planned.modelVersion(), planned.digest());
    }

    @Override
    public Schema schema() {
      return planned.open().schema();
    }

    @Override
    public Dataset<Row> scored(Dataset<Row> rows, List<String> kept, ReadColumn.Case comparison) {
      return Paritree.model(reference)
          .comparing(comparison)
          .keys(kept.toArray(String[]::new))
          .score(rows, planned);
    }
  }
}
