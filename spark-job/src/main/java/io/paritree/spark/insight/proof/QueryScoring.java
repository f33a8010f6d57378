package io.paritree.spark.insight.proof;

import io.paritree.ModelException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.sql.ModelCatalog;
import io.paritree.spark.sql.Paritree;
import io.paritree.store.Location;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores Parquet files as users do inside Spark: by SQL, and by the call on a Dataset.
 *
 * @param model where it is
 */
public record QueryScoring(String model) {
  private static final String CATALOG = "parity";
  private static final String ROWS = "parity_records";
  private static final String RESULT = "parity_result";

  /**
   * Scores records.
   *
   * @param form SQL or the call
   * @return rows as {@link TableScoring#scored} does
   */
  public Dataset<Row> scored(SparkSession session, SparkForm form, String path)
      throws ModelException, IOException {
    SparkSession own = session.newSession();
    Dataset<Row> rows = own.read().parquet(HadoopPaths.pattern(Location.of(path)));
    return form == SparkForm.SQL ? bySql(own, rows) : byDataset(rows);
  }

  /** Scores by the call, as users make it. */
  private Dataset<Row> byDataset(Dataset<Row> rows) throws ModelException, IOException {
    return Paritree.model(model).keys(TableScoring.KEY).withMargin().withFaults().score(rows);
  }

  private Dataset<Row> bySql(SparkSession session, Dataset<Row> rows) {
    session.conf().set("spark.sql.catalog." + CATALOG, ModelCatalog.class.getName());
    rows.createOrReplaceTempView(ROWS);
    String called = "%s.`%s`".formatted(CATALOG, model.replace("`", "``"));
    return session
        .sql(
            "SELECT %s, %s.predict(struct(*)) AS %s FROM %s"
                .formatted(TableScoring.KEY, called, RESULT, ROWS))
        .selectExpr(TableScoring.KEY, RESULT + ".*");
  }
}
