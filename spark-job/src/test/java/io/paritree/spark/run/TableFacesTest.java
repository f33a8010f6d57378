package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TableRecords;
import io.paritree.model.TableRecords.Values;
import io.paritree.model.TestPackages;
import io.paritree.model.golden.JsonRecord;
import io.paritree.spark.sql.Paritree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job, the SQL functions and the call on a Dataset give tables and steps the scores that the
 * records have as JSON, by libxgboost.
 */
class TableFacesTest {
  private static final int ROWS = 3_000;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir static Path directory;
  private static TestPackages packages;
  private static Path model;
  private static Path input;
  private static final float[] SCORES = new float[ROWS];

  @BeforeAll
  static void score() throws Exception {
    System.out.println("seed " + SEED);
    packages = new TestPackages(directory.resolve("models"));
    model = packages.tables();
    ScoringModel opened = Opening.open(model.toString(), EngineKind.XGBOOST);
    Random random = new Random(SEED);
    List<Row> rows = new ArrayList<>();
    float[] slots = new float[ROWS * 8];
    for (int row = 0; row < ROWS; row++) {
      Values record = TableRecords.any(random);
      JsonRecord.encode(
          opened.schema(), record.json().getBytes(StandardCharsets.UTF_8), slots, row * 8);
      rows.add(
          RowFactory.create(
              (long) row,
              record.purpose(),
              record.income(),
              record.opened() == null ? null : LocalDate.parse(record.opened()),
              record.branch(),
              record.loan()));
    }

    opened.engine().score(slots, ROWS, new float[ROWS], SCORES);
    input = directory.resolve("in");
    StructType type =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("purpose", DataTypes.StringType)
            .add("income", DataTypes.DoubleType)
            .add("opened", DataTypes.DateType)
            .add("branch", DataTypes.IntegerType)
            .add("loan", DataTypes.FloatType);
    SparkSession session = TestSpark.session();
    Dataset<Row> data = session.createDataFrame(rows, type).coalesce(1);
    data.write().parquet(input.toString());
    data.write().option("header", "true").csv(directory.resolve("csv").toString());
  }

  private static JobRun job(Path from, Path output, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of("--model", model, "--input", from, "--output", output, "--keys", "id"));
    all.addAll(List.of(more));
    return JobRun.of(all.toArray());
  }

  private static void assertScores(List<Row> rows) {
    assertThat(rows).hasSize(ROWS);
    for (Row row : rows) {
      int id = Integer.parseInt(row.getAs("id").toString());
      assertThat(row.getFloat(row.fieldIndex("score")))
          .as("row %s, seed %s", id, SEED)
          .isEqualTo(SCORES[id]);
    }
  }

  @Test
  void theJobHasTheSameScoresFromParquetAndCsv() {
    Path output = directory.resolve("out");
    JobRun run = job(input, output, "--reasons", "2");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Dataset<Row> written = TestSpark.session().read().parquet(output.toString());
    assertScores(written.collectAsList());
    List<String> named =
        written.selectExpr("explode(reasons.field)").distinct().collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(named).isSubsetOf("purpose", "income", "opened", "branch", "loan");

    Path ofCsv = directory.resolve("out-csv");
    JobRun csv = job(directory.resolve("csv"), ofCsv, "--input-format", "csv");
    assertThat(csv.exitCode()).as(csv.err()).isZero();
    assertScores(TestSpark.session().read().parquet(ofCsv.toString()).collectAsList());
  }

  @Test
  void sqlFunctionsAndTheDatasetHaveTheSame() throws Exception {
    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.read().parquet(input.toString()).createOrReplaceTempView("rows");
    assertScores(
        session
            .sql("SELECT id, paritree.tables.score(struct(*)) AS score FROM rows")
            .collectAsList());
    Dataset<Row> scored =
        Paritree.model(model.toString()).keys("id").score(session.read().parquet(input.toString()));
    assertScores(scored.collectAsList());
    String faults =
        session
            .sql(
                "SELECT paritree.tables.faults(named_struct('purpose', 'car', 'income', 1e7D, "
                    + "'opened', DATE'2024-03-01', 'branch', 40, 'loan', 1F))")
            .collectAsList()
            .get(0)
            .getList(0)
            .toString();
    assertThat(faults).contains("[income,out_of_range,", "[branch,unseen_category,40,");
  }
}
