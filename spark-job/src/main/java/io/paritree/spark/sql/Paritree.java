package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.PublicApi;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Scores the rows of a Dataset with a model, wherever they come from: a table of Delta or Iceberg,
 * JDBC, a stream.
 *
 * <pre>{@code
 * Dataset<Row> scored = Paritree.score(loans, "models/credit@champion");
 * Dataset<Row> slim = Paritree.model("models/credit@champion").keys("loan_id").withFaults().score(loans);
 * }</pre>
 */
@PublicApi
public final class Paritree {
  private Paritree() {}

  /**
   * Adds a model's scores to all columns of a Dataset; see {@link DatasetScoring#score}.
   *
   * @param reference a path as Hadoop takes it: {@code STORE/NAME}, {@code STORE/NAME@ALIAS},
   *     {@code STORE/NAME/VERSION}, a package, a model file, or an MLflow directory
   */
  public static Dataset<Row> score(Dataset<?> rows, String reference)
      throws ModelException, IOException {
    return model(reference).score(rows);
  }

  /**
   * Chooses a model, to say more about its columns before it scores.
   *
   * @param reference as in {@link #score}
   */
  public static DatasetScoring model(String reference) {
    return new DatasetScoring(reference);
  }
}
