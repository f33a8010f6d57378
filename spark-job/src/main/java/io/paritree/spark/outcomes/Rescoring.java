package io.paritree.spark.outcomes;

import io.paritree.ModelException;
import io.paritree.outcome.MeasuredModel;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores rows with another model, as the job does. */
@FunctionalInterface
public interface Rescoring {
  /**
   * Rows with their scores.
   *
   * @param model that has scored them
   */
  record Rescored(Dataset<Row> rows, MeasuredModel model) {}

  /**
   * Returns the rows with their scores.
   *
   * @param model names it, as for the job
   * @param kept the columns of the rows that the result has, besides those of the model
   * @throws ModelException if the model is refused
   * @throws IllegalArgumentException if the rows have not what it needs
   */
  Rescored scored(Dataset<Row> rows, String model, List<String> kept)
      throws ModelException, IOException;
}
