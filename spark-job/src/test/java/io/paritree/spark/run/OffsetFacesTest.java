package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Path;
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
 * The job, the SQL functions and the call on a Dataset begin margins with offsets, as libxgboost.
 */
class OffsetFacesTest {
  private static final int ROWS = 2_000;

  /** Every so many rows have no offset, and none that is finite. */
  private static final int ABSENT_EVERY = 100;

  private static final int INFINITE_EVERY = 250;

  @TempDir static Path directory;
  private static TestPackages packages;
  private static Path model;
  private static Path input;

  /** What libxgboost computes, by id; null for a row that cannot be scored. */
  private static final List<Float> MARGINS = new ArrayList<>();

  private static float[] contributions;

  @BeforeAll
  static void score() throws Exception {
    packages = new TestPackages(directory.resolve("models"));
    model = packages.offset();
    StructType type =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("f0", DataTypes.FloatType)
            .add("f1", DataTypes.DoubleType)
            .add("log_exposure", DataTypes.DoubleType);
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    float[] slots = new float[ROWS * 3];
    for (int row = 0; row < ROWS; row++) {
      Float first = random.nextInt(8) == 0 ? null : (float) random.nextGaussian() * 100;
      Double second = random.nextInt(8) == 0 ? null : random.nextGaussian() * 100;
      Double offset = row % ABSENT_EVERY == 7 ? null : random.nextGaussian();
      offset = row % INFINITE_EVERY == 9 ? Double.valueOf(1e300) : offset;
      rows.add(RowFactory.create((long) row, first, second, offset));
      slots[row * 3] = first == null ? Float.NaN : first;
      slots[row * 3 + 1] = second == null ? Float.NaN : second.floatValue();
      slots[row * 3 + 2] = offset == null ? Float.NaN : offset.floatValue();
    }

    ScoringModel opened = Opening.open(model.toString(), EngineKind.XGBOOST);
    float[] margins = new float[ROWS];
    opened.engine().score(slots, ROWS, margins, null);
    contributions = new float[ROWS * 3];
    opened.explainer(ContributionMode.FAST).explain(slots, ROWS, contributions);
    for (float margin : margins) {
      MARGINS.add(Float.isFinite(margin) ? margin : null);
    }

    input = directory.resolve("in");
    Dataset<Row> data = TestSpark.session().createDataFrame(rows, type).coalesce(1);
    data.write().parquet(input.toString());
    data.write().option("header", "true").csv(directory.resolve("csv").toString());
  }

  private static JobRun job(Path from, Path output, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "--model",
                model,
                "--input",
                from,
                "--output",
                output,
                "--keys",
                "id",
                "--margin",
                "--max-quarantined",
                "0.1"));
    all.addAll(List.of(more));
    return JobRun.of(all.toArray());
  }

  private static void assertMargins(List<Row> rows, int expectedRows) {
    assertThat(rows).hasSize(expectedRows);
    for (Row row : rows) {
      int id = Integer.parseInt(row.getAs("id").toString());
      int at = row.fieldIndex("margin");
      assertThat(row.isNullAt(at) ? null : row.getFloat(at))
          .as("row %s", id)
          .isEqualTo(MARGINS.get(id));
    }
  }

  private static int good() {
    return (int) MARGINS.stream().filter(margin -> margin != null).count();
  }

  @Test
  void theJobWritesThemWithTheirContributionsAndQuarantinesRowsWithoutAnOffset() throws Exception {
    Path output = directory.resolve("out");
    JobRun run = job(input, output, "--contributions");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("the margin begins with the column 'log_exposure'");

    Dataset<Row> written = TestSpark.session().read().parquet(output.toString());
    assertThat(written.columns())
        .containsExactly(
            "id",
            "score",
            "margin",
            "contribution_f0",
            "contribution_f1",
            "contributions_base",
            "model_version");
    List<Row> rows = written.collectAsList();
    assertMargins(rows, good());
    for (Row row : rows) {
      int id = (int) row.getLong(0);
      assertThat(List.of(row.getFloat(3), row.getFloat(4), row.getFloat(5)))
          .containsExactly(
              contributions[id * 3], contributions[id * 3 + 1], contributions[id * 3 + 2]);
    }

    assertThat(run.out()).contains("missing_value", "not_finite");
  }

  @Test
  void csvAndLibxgboostAsEngineHaveTheSame() throws Exception {
    Path output = directory.resolve("out-csv");
    JobRun run =
        job(directory.resolve("csv"), output, "--input-format", "csv", "--engine", "xgboost");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertMargins(TestSpark.session().read().parquet(output.toString()).collectAsList(), good());
  }

  @Test
  void sqlFunctionsAndTheDatasetHaveTheSame() throws Exception {
    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.read().parquet(input.toString()).createOrReplaceTempView("rows");
    assertMargins(
        session
            .sql("SELECT id, paritree.exposed.margin(struct(*)) AS margin FROM rows")
            .collectAsList(),
        ROWS);
    Row faults =
        session
            .sql("SELECT paritree.exposed.faults(struct(*)) FROM rows WHERE id = 7")
            .collectAsList()
            .get(0);
    assertThat(faults.getList(0).toString())
        .isEqualTo("[[log_exposure,missing_value,no value,a value]]");
    Row reasons =
        session
            .sql("SELECT paritree.exposed.reasons(struct(*), 2) FROM rows WHERE id = 8")
            .collectAsList()
            .get(0);
    assertThat(reasons.toString()).doesNotContain("log_exposure");

    Dataset<Row> scored =
        Paritree.model(model.toString())
            .keys("id")
            .withMargin()
            .score(session.read().parquet(input.toString()));
    assertMargins(scored.collectAsList(), ROWS);
  }
}
