package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report says what was done, in figures that can be checked by counting again. */
class ReportTest {
  @TempDir Path directory;

  @Test
  void reportAndMetricsShowRowsScoresAndValues() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 2_000, 200, 2);
    Path output = directory.resolve("out");
    Path metrics = directory.resolve("metrics/paritree.prom");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job.metrics-file = \"%s\"".formatted(metrics));

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--conf",
            conf,
            "--run-id",
            "told");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode report = report(output);
    assertThat(report.get("run_id").asText()).isEqualTo("told");
    assertThat(report.get("outcome").asText()).isEqualTo("published");
    assertThat(report.get("read").asLong()).isEqualTo(2_000);
    assertThat(report.get("scored").asLong()).isEqualTo(1_990);
    assertThat(report.get("quarantined").asLong()).isEqualTo(10);
    assertThat(report.get("codes").get("missing_value").asLong()).isEqualTo(10);
    assertThat(report.get("model").get("model_version").asText()).isEqualTo("parcel-late/1");
    long unseen = rows(input).filter("carrier = 'Nobody''s'").count();
    long nulls = rows(input).filter("carrier is null").count();
    assertThat(unseen).isPositive();
    assertThat(report.get("unseen").get("carrier").asLong()).isEqualTo(unseen);
    assertThat(report.get("missing").get("carrier").asLong()).isEqualTo(unseen + nulls);
    assertThat(report.get("missing").get("distance").asLong())
        .isEqualTo(rows(input).filter("distance is null or distance = -999").count());
    Row scores =
        ScoringJobTest.read(output)
            .agg(functions.avg("score"), functions.expr("percentile(score, 0.5)"))
            .collectAsList()
            .get(0);
    assertThat(report.get("scores").get("mean").asDouble())
        .isCloseTo(scores.getDouble(0), within());
    assertThat(report.get("scores").get("deciles").get(4).asDouble())
        .isCloseTo(scores.getDouble(1), org.assertj.core.data.Percentage.withPercentage(2));
    assertThat(report.get("partitions").get(0).get("files")).isNotEmpty();
    assertThat(report.get("faults").get(0).toString())
        .isEqualTo(
            "{\"field\":\"weight\",\"code\":\"missing_value\",\"rows\":10,\"example\":\"got no"
                + " value, expected a value\"}");
    assertThat(report.get("changed")).isEmpty();
    assertThat(report.has("rows_per_second")).isFalse();
    assertThat(report.get("seconds").get("prepare").asDouble()).isPositive();
    assertThat(report.get("seconds").get("score").asDouble()).isPositive();
    assertThat(run.out())
        .containsSubsequence(
            "faults by field:\n",
            "field   fault          rows  example\n",
            "weight  missing_value    10  got no value, expected a value\n",
            "values that are in no vocabulary:\n",
            "feature  unseen\n",
            "carrier     %s\n".formatted(unseen),
            "not compared: the model has no counts of rows; seal it with --rows\n")
        .doesNotContain("rows/s");
    assertThat(Files.readString(metrics))
        .contains(
            "paritree_job_exit_code{output=\"%s\"} 0.0\n".formatted(output),
            "{became=\"scored\",output=\"%s\"} 1990.0\n".formatted(output),
            "{code=\"missing_value\",output=\"%s\"} 10.0\n".formatted(output),
            "{feature=\"carrier\",output=\"%s\"} %s.0\n".formatted(output, unseen),
            "paritree_job_faults{code=\"missing_value\",field=\"weight\",output=\"%s\"} 10.0\n"
                .formatted(output),
            "model=\"parcel-late\",output=\"%s\",sealed=\"true\",version=\"parcel-late/1\"} 1.0\n"
                .formatted(output))
        .doesNotContain("rows_per_second", "changed_features")
        .endsWith("# EOF\n");
  }

  @Test
  void consoleSaysWhichMissingAndUnseenValuesChangedFromTheSealedRows() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models")).sealedWith(3_000);
    String model = packages.binary().toString();
    Path usual = Parcels.write(directory.resolve("usual"), 5_000, 7_000, 0, 2);
    Path other = directory.resolve("other");
    rows(usual)
        .withColumn("carrier", functions.expr("if(parcel_id % 2 = 0, 'New Post', carrier)"))
        .withColumn("distance", functions.lit(null).cast("double"))
        .write()
        .parquet(other.toString());

    JobRun same = JobRun.ofParcels(model, usual, directory.resolve("out"));
    JobRun changed = JobRun.ofParcels(model, other, directory.resolve("changed/out"));

    assertThat(same.out())
        .contains("missing and unseen values: as in the 3,000 sealed rows\n")
        .doesNotContain("faults by field");
    assertThat(report(directory.resolve("out")).get("changed")).isEmpty();
    JsonNode found = report(directory.resolve("changed/out")).get("changed");
    assertThat(found.findValuesAsText("feature")).containsExactly("distance", "carrier");
    assertThat(found.get(0).get("missing").asDouble()).isEqualTo(1);
    assertThat(found.get(0).get("missing_sealed").asDouble()).isBetween(0.2, 0.24);
    assertThat(found.get(1).get("unseen").asDouble())
        .isEqualTo(rows(other).filter("carrier in ('New Post', 'Nobody''s')").count() / 2_000.0);
    assertThat(changed.out())
        .containsSubsequence(
            "missing and unseen values that changed from the 3,000 sealed rows:\n",
            "feature    missing   sealed   unseen   sealed\n",
            "distance  100.00 %  2",
            "carrier  ");
  }

  @Test
  void valuesOfPartitionsThatAreNotReportedHaveTheirRowsAmongThoseThatAreCompared()
      throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models")).sealedWith(3_000);
    String model = packages.binary().toString();
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=2024-01-01"), 5_000, 6_000, 0, 1);
    Parcels.write(input.resolve("day=2024-01-02"), 6_000, 7_000, 0, 1);
    Path out = directory.resolve("out");
    Path running = directory.resolve("_paritree/failed/running");
    Map<String, Object> usual =
        Map.of("--model", model, "--input", input, "--output", out, "--keys", "parcel_id");

    JobRun raced =
        JobRun.observed(
            step -> {
              if (step == Step.VERIFIED && Files.exists(out)) {
                assertThat(JobRun.ofParcels(model, input, out).exitCode()).isZero();
              }
            },
            usual,
            "--group-by",
            "day");
    JobRun failed =
        JobRun.observed(
            step -> {
              if (step == Step.UNLOCKED) {
                GroupsTest.replaceByFile(running);
              }
            },
            usual,
            "--group-by",
            "day",
            "--output",
            directory.resolve("failed"));

    assertThat(raced.out())
        .contains("published before: 1 partition (day=2024-01-02)\n")
        .contains("missing and unseen values: as in the 3,000 sealed rows\n");
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).contains("missing and unseen values: as in the 3,000 sealed rows\n");
  }

  @Test
  void reportAndTableSayWhichRoundsScoreOfAModelThatWasStoppedEarly() throws Exception {
    StructType columns =
        new StructType()
            .add("parcel_id", DataTypes.LongType)
            .add("f0", DataTypes.FloatType)
            .add("f1", DataTypes.FloatType);
    List<Row> records = List.of(RowFactory.create(1L, 30f, -40f));
    Path input = Parcels.write(directory.resolve("in"), records, columns, 1);
    Path model = new TestPackages(directory.resolve("store")).bareStoppedModel();
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    String said = "training was stopped early, round 4 of 9 was the best; scored are the first 4";
    assertThat(run.out()).contains("  rounds  " + said);
    assertThat(report(output).get("model").get("early_stopping").asText()).startsWith(said);
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-6);
  }

  private static org.apache.spark.sql.Dataset<Row> rows(Path input) {
    return TestSpark.session().read().parquet(input.toString());
  }

  static JsonNode report(Path output) throws Exception {
    Path runs = output.resolveSibling("_paritree/out/runs");
    try (Stream<Path> all = Files.list(runs)) {
      List<Path> reports = all.map(run -> run.resolve("report.json")).toList();
      assertThat(reports).hasSize(1);
      return new ObjectMapper().readTree(reports.get(0).toFile());
    }
  }
}
