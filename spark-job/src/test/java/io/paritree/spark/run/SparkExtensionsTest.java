package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.StepObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What extensions of Spark do to columns and rows is done to what is published; without any, the
 * batches of scans are used.
 */
class SparkExtensionsTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final int ROWS = 60;
  private static final String PLUGINS = "spark.plugins";

  @TempDir static Path shared;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(shared.resolve("store")).binary().toString();
    Path plain = Parcels.write(shared.resolve("plain"), 0, ROWS, 0, 2);
    for (String format : List.of("parquet", "delta")) {
      SPARK
          .read()
          .parquet(plain.toString())
          .selectExpr("*", "parcel_id % 2 AS half")
          .write()
          .format(format)
          .partitionBy("half")
          .save(input(format).toString());
    }
  }

  private static Path input(String format) {
    return shared.resolve(format);
  }

  private JobRun score(String format, Path input, Object... more) {
    return JobRun.observed(
        StepObserver.NONE,
        Map.of(
            "--model",
            model,
            format.equals("delta") ? "--input-table" : "--input",
            input,
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id",
            "--pass",
            "note"),
        more);
  }

  private Dataset<Row> published() {
    return SPARK.read().parquet(directory.resolve("out").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "delta"})
  void plainFilesAndTablesAreReadInBatches(String format) throws Exception {
    Path input = input(format);
    try (ReadStages stages = new ReadStages()) {
      JobRun run = score(format, input, "--group-by", "half");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(stages.operators()).containsExactlyInAnyOrder("Scan parquet ", "mapPartitions");
    }
  }

  static List<String> formats() {
    return Forms.some(1, List.of("parquet", "delta"));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void aMaskOfAColumnIsPublishedInPlaceOfItsValues(String format) {
    Path input = input(format);

    JobRun run = TestRules.with(TestRules::masked, () -> score(format, input));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(published().where("note = reverse(concat('note ', parcel_id))").count())
        .isEqualTo(ROWS);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void rowsThatAreKeptFromTheUserAreNotPublishedAndTheConditionIsNamed(String format) {
    Path input = input(format);

    JobRun run = TestRules.with(TestRules.before("note 3"), () -> score(format, input));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("say 60 rows, but 23 were read", "note < 'note 3'");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void rowsOfWhichNoFileIsNamedAreRefused(String format) {
    Path input = input(format);

    JobRun run = TestRules.with(NamelessScan::new, () -> score(format, input));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("1 problem", "from which file rows come", "Comet");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void rowsOfAViewNeedNoFile() {
    SPARK.read().parquet(input("parquet").toString()).write().saveAsTable("extended");
    try {
      JobRun run =
          TestRules.with(
              NamelessScan::new, () -> score("delta", Path.of("-"), "--input-table", "extended"));

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(Scores.of(directory.resolve("out"))).hasSize(ROWS);
    } finally {
      SPARK.sql("DROP TABLE extended");
    }
  }

  static List<Arguments> accelerators() {
    return Forms.some(
        3,
        List.of(
            Arguments.of("spark.comet.enabled", "true", "Comet is switched off"),
            Arguments.of(PLUGINS, "org.apache.spark.CometPlugin", "Comet is switched off"),
            Arguments.of(PLUGINS, "org.apache.gluten.GlutenPlugin", "Gluten is switched off"),
            Arguments.of(PLUGINS, "com.nvidia.spark.SQLPlugin", "RAPIDS is switched off"),
            Arguments.of("spark.comet.enabled", "false", "")));
  }

  @ParameterizedTest
  @MethodSource("accelerators")
  void acceleratorsAreSwitchedOffForTheJobAndThatIsSaidOnce(
      String setting, String value, String said) {
    Path input = input("delta");
    SparkConf cluster = SPARK.sparkContext().conf();
    try {
      cluster.set(setting, value);

      JobRun run = score("delta", input);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.err().split("switched off", -1)).hasSize(said.isEmpty() ? 1 : 2);
      assertThat(run.err()).contains(said);
      SparkSession own = JobSessions.wide(SPARK, 1);
      assertThat(own.conf().get("spark.comet.enabled")).isEqualTo("false");
      assertThat(own.conf().get("spark.gluten.enabled")).isEqualTo("false");
      assertThat(own.conf().get("spark.rapids.sql.enabled")).isEqualTo("false");
    } finally {
      cluster.remove(setting);
    }
  }
}
