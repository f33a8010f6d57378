package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.spark.proof.SparkForm;
import io.paritree.spark.proof.TableScoring;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Scores Parquet files as users do inside Spark: by SQL, and by the call on a Dataset.
 *
 * @param model where it is
 */
public record QueryScoring(String model) implements TableScoring {
  private static final String CATALOG = "parity";
  private static final String ROWS = "parity_records";
  private static final String RESULT = "parity_result";

  @Override
  public List<Dataset<Row>> scored(SparkSession session, SparkForm form, String path)
      throws ModelException, IOException {
    SparkSession own = session.newSession();
    own.conf().set(QueryRecheck.SETTING, "0"); // a difference is to be found in all rows
    return List.of(
        form == SparkForm.DATASET
            ? byDataset(own.read().parquet(path))
            : bySql(own, form == SparkForm.SQL, path));
  }

  private Dataset<Row> byDataset(Dataset<Row> rows) throws ModelException, IOException {
    return Paritree.model(model).keys(KEY).withMargin().withFaults().score(rows);
  }

  private Dataset<Row> bySql(SparkSession session, boolean isGenerated, String path) {
    String catalog = "spark.sql.catalog." + CATALOG;
    session.conf().set(catalog, ModelCatalog.class.getName());
    session.conf().set("spark.sql.codegen.wholeStage", String.valueOf(isGenerated));
    session.conf().set("spark.sql.codegen.factoryMode", isGenerated ? "FALLBACK" : "NO_CODEGEN");
    Dataset<Row> rows = session.read().parquet(path);
    session
        .conf()
        .set(
            "spark.sql.codegen.maxFields",
            String.valueOf(Math.max(200, 4 * rows.columns().length)));
    rows.createOrReplaceTempView(ROWS);
    return session
        .sql(
            "SELECT %s, %s.`%s`.predict(struct(*)) AS %s FROM %s"
                .formatted(KEY, CATALOG, model.replace("`", "``"), RESULT, ROWS))
        .select(functions.col(KEY), functions.col(RESULT + ".*"));
  }
}
