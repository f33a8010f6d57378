package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.output.ReasonsForm;
import io.paritree.proof.AskedReasons;
import io.paritree.reasons.Direction;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.proof.SparkForm;
import io.paritree.spark.proof.TableScoring;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;

/**
 * Scores Parquet files as users do inside Spark: by SQL, and by the call on a Dataset, of the files
 * as they are or as a stream.
 *
 * @param model where it is
 * @param reasons that are asked for
 */
public record QueryScoring(String model, AskedReasons reasons) implements TableScoring {
  private static final String CATALOG = "parity";
  private static final String ROWS = "parity_records";
  private static final String RESULT = "parity_result";

  @Override
  public List<Dataset<Row>> scored(SparkSession session, SparkForm form, String path)
      throws ModelException, IOException, TimeoutException, StreamingQueryException {
    SparkSession own = session.newSession();
    own.conf().set(QueryRecheck.SETTING, "0"); // a difference is to be found in all rows
    if (form.isStream()) {
      own.conf().set("spark.sql.adaptive.enabled", "false"); // which streams do not have
    }

    Location records = Location.of(path);
    String pattern = HadoopPaths.pattern(records);
    Dataset<Row> files = own.read().parquet(pattern);
    Dataset<Row> rows =
        form.isStream() ? own.readStream().schema(files.schema()).parquet(pattern) : files;
    Dataset<Row> scored =
        form.isSql() ? bySql(own, form != SparkForm.SQL_INTERPRETED, rows) : byDataset(rows);

    // With more columns than this, Spark generates no code, and makes rows of batches.
    int columns = files.columns().length + scored.columns().length;
    own.conf().set("spark.sql.codegen.maxFields", String.valueOf(Math.max(200, 4 * columns)));
    if (!form.isStream()) {
      return List.of(scored);
    }

    Location results = records.parent().resolve(form.word());
    String sink = HadoopPaths.text(results);
    // Not as an option, whose methods are others before Spark 4.
    own.conf().set("spark.sql.streaming.checkpointLocation", sink + "-checkpoint");
    scored.writeStream().trigger(Trigger.AvailableNow()).start(sink).awaitTermination();
    return List.of(own.read().parquet(HadoopPaths.pattern(results)));
  }

  /**
   * Scores by the call, as users make it. The reasons that audits compare stored ones with are of
   * another call, which scores rows and no batches of files.
   */
  private Dataset<Row> byDataset(Dataset<Row> rows) throws ModelException, IOException {
    DatasetScoring scoring = Paritree.model(model).keys(KEY).withMargin().withFaults();
    Optional<ExplanationSettings> explanation =
        Optional.of(
                new ExplanationSettings(
                    reasons.most(), Direction.BOTH, Float.NaN, false, reasons.mode()))
            .filter(ExplanationSettings::hasReasons);
    Dataset<Row> explained = scoring.explained(explanation).score(rows);
    if (rows.isStreaming() || explanation.isEmpty()) {
      return explained;
    }

    Dataset<Row> scored = scoring.score(rows);
    String[] repeated =
        Arrays.stream(scored.columns()).filter(name -> !name.equals(KEY)).toArray(String[]::new);
    return scored.join(explained.drop(repeated), KEY);
  }

  private Dataset<Row> bySql(SparkSession session, boolean isGenerated, Dataset<Row> rows) {
    String catalog = "spark.sql.catalog." + CATALOG;
    session.conf().set(catalog, ModelCatalog.class.getName());
    session.conf().set("spark.sql.codegen.wholeStage", String.valueOf(isGenerated));
    session.conf().set("spark.sql.codegen.factoryMode", isGenerated ? "FALLBACK" : "NO_CODEGEN");
    rows.createOrReplaceTempView(ROWS);
    String called = "%s.`%s`".formatted(CATALOG, model.replace("`", "``"));
    String explained =
        reasons.areAsked() && !reasons.areExact()
            ? ", %s.reasons(struct(*), %s) AS %s"
                .formatted(called, reasons.most(), ReasonsForm.COLUMN)
            : "";
    Column[] columns =
        Stream.of(KEY, RESULT + ".*", explained.isEmpty() ? KEY : ReasonsForm.COLUMN)
            .distinct()
            .map(functions::col)
            .toArray(Column[]::new);
    return session
        .sql(
            "SELECT %s, %s.predict(struct(*)) AS %s%s FROM %s"
                .formatted(KEY, called, RESULT, explained, ROWS))
        .select(columns);
  }
}
