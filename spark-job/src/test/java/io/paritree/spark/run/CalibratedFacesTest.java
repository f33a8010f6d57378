package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.model.CalibratedRows;
import io.paritree.model.TestPackages;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * The job, the SQL functions and the call on a Dataset have the bits of the trainer's calibrated
 * {@code predict_proba}; margins are the model's.
 */
class CalibratedFacesTest {
  private static final int REPEATED = 10;

  @TempDir static Path directory;
  private static TestPackages packages;
  private static Path model;
  private static Path input;
  private static List<CalibratedRows.Row> expected;

  @BeforeAll
  static void writeRows() throws Exception {
    packages = new TestPackages(directory.resolve("models"));
    model = CalibratedRows.seal(packages);
    expected = CalibratedRows.all();
    StructType type = new StructType().add("id", DataTypes.IntegerType);
    for (int feature = 0; feature < 3; feature++) {
      type = type.add("f" + feature, DataTypes.DoubleType);
    }

    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < expected.size() * REPEATED; id++) {
      CalibratedRows.Row row = expected.get(id % expected.size());
      rows.add(RowFactory.create(id, row.slot(0), row.slot(1), row.slot(2)));
    }

    input = directory.resolve("in");
    TestSpark.session().createDataFrame(rows, type).coalesce(1).write().parquet(input.toString());
  }

  private static void assertScores(List<Row> rows) {
    assertThat(rows).hasSize(expected.size() * REPEATED);
    for (Row row : rows) {
      CalibratedRows.Row trainers = expected.get(row.<Integer>getAs("id") % expected.size());
      assertThat(row.<Float>getAs("score")).as("row %s", row).isEqualTo(trainers.isotonic());
      double odds = Math.exp(-row.<Float>getAs("margin"));
      assertThat(1 / (1 + odds)).as("row %s", row).isCloseTo(trainers.model(), within(1e-6));
    }
  }

  @Test
  void theJobWritesAndAnAuditProvesTheTrainersScores() throws Exception {
    Path output = directory.resolve("out");
    JobRun run =
        JobRun.of(
            "--model", model, "--input", input, "--output", output, "--keys", "id", "--margin");
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = TestSpark.session().read().parquet(output.toString()).collectAsList();
    assertScores(rows);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.<String>getAs("label"))
                    .isEqualTo(row.<Float>getAs("score") > 0.25f ? "late" : "repaid"));

    for (String engine : List.of("spec", "xgboost")) {
      JobRun audit =
          JobRun.ofAudit("--output", output, "--model", model, "--engine", engine, "--strict");
      assertThat(audit.exitCode()).as(audit.out() + audit.err()).isZero();
    }
  }

  @Test
  void sqlFunctionsAndTheDatasetHaveTheSame() throws Exception {
    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.read().parquet(input.toString()).createOrReplaceTempView("rows");
    assertScores(
        session
            .sql(
                "SELECT id, paritree.calibrated.score(struct(*)) AS score, "
                    + "paritree.calibrated.margin(struct(*)) AS margin FROM rows")
            .collectAsList());
    Dataset<Row> scored =
        Paritree.model(model.toString())
            .keys("id")
            .withMargin()
            .score(session.read().parquet(input.toString()));
    assertScores(scored.collectAsList());
  }

  @Test
  void allWaysOfAProofAgree() {
    JobRun run =
        JobRun.ofParity(
            "prove", "--model", model, "--input", input, "--adversarial", 500, "--seed", 5);

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
  }
}
