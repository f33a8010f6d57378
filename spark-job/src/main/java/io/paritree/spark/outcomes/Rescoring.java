package io.paritree.spark.outcomes;

import io.paritree.ModelException;
import io.paritree.feature.Schema;
import io.paritree.outcome.MeasuredModel;
import io.paritree.spark.input.ReadColumn;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores rows with another model, as the job does. */
@FunctionalInterface
public interface Rescoring {

  /** A model that scores rows. */
  interface Model {
    /** Returns which one it is. */
    MeasuredModel measured();

    /** Returns what it reads. */
    Schema schema();

    /**
     * Returns the rows with their scores.
     *
     * @param kept the columns of the rows that the result has, besides those of the model
     * @param comparison how the other columns' names are compared with those that the model reads
     * @throws IllegalArgumentException if the rows have not what it needs
     */
    Dataset<Row> scored(Dataset<Row> rows, List<String> kept, ReadColumn.Case comparison);
  }

  /**
   * Opens a model.
   *
   * @param reference names it, as for the job
   * @throws ModelException if it is refused
   * @throws IllegalArgumentException if this Spark cannot send it to executors
   */
  Model open(SparkSession session, String reference) throws ModelException, IOException;
}
