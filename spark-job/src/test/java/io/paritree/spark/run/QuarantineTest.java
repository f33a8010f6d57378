package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.docs.Page;
import io.paritree.model.TestPackages;
import io.paritree.spark.score.FaultList;
import io.paritree.spark.score.Quarantine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bad row is data: it is kept, with its reasons; a partition with too many of them is held, and
 * the others are published.
 */
class QuarantineTest {
  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void onePercentBadRowsAreQuarantinedAndTheOthersPublished() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 10_000, 100, 3);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output)).hasSize(9_900);
    List<Row> quarantined = quarantine(output).collectAsList();
    assertThat(quarantined).hasSize(100);
    assertThat(quarantine(output).schema().apply("_faults").dataType().simpleString())
        .as("faults are of the type that the SQL function returns")
        .isEqualTo(FaultList.TYPE.simpleString())
        .isEqualTo("array<struct<field:string,code:string,got:string,expected:string>>");
    Map<String, Long> keys = keys(input);
    for (Row row : quarantined) {
      assertThat((Long) row.getAs("parcel_id") % 100).isZero();
      assertThat(row.getList(row.fieldIndex("_codes"))).isEqualTo(List.of("missing_value"));
      assertThat(row.getList(row.fieldIndex("_faults")))
          .isEqualTo(List.of(RowFactory.create("weight", "missing_value", "no value", "a value")));
      assertThat((String) row.getAs("_faults_json"))
          .isEqualTo(
              "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\","
                  + "\"expected\":\"a value\"}]");
      assertThat(keys.get(row.getAs("_source_file") + " " + row.getAs("_source_row")))
          .isEqualTo((Long) row.getAs("parcel_id"));
    }

    assertThat(run.out()).contains("10,000", "9,900", "missing_value=100");
  }

  @Test
  void thePageNamesEachColumnThatIsAdded() throws Exception {
    String page = Page.of("docs/reference/formats.md").text();

    for (StructField added : Quarantine.schema(List.of()).fields()) {
      String type = added.dataType().sql().split("<")[0];
      assertThat(page).contains("`%s %s".formatted(added.name(), type));
    }
  }

  @Test
  void tenPercentBadRowsLeaveTheOutputAsItWas() throws Exception {
    Path good = Parcels.write(directory.resolve("good"), 0, 500, 0, 1);
    Path bad = Parcels.write(directory.resolve("bad"), 0, 1_000, 10, 2);
    Path output = directory.resolve("out");
    assertThat(
            JobRun.of("--model", model, "--input", good, "--output", output, "--keys", "parcel_id")
                .exitCode())
        .isZero();
    Map<String, String> before = Scores.files(output);
    Path metrics = directory.resolve("paritree.prom");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job.metrics-file = \"%s\"".formatted(metrics));

    JobRun run =
        JobRun.of(
            "--conf",
            conf,
            "--model",
            model,
            "--input",
            bad,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--max-quarantined",
            "0.05",
            "--run-id",
            "refused");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).contains("100 of 1000 rows", "0.05", "missing_value=100");
    assertThat(run.out()).contains("quarantined, nothing was published", "missing_value=100");
    assertThat(Files.readString(metrics))
        .contains(
            "paritree_job_exit_code{output=\"%s\"} 4.0\n".formatted(output),
            "code=\"missing_value\",output=\"%s\"} 100.0\n".formatted(output),
            "published=\"now\"} 0.0\n");
    assertThat(Scores.files(output)).isEqualTo(before);
    assertThat(quarantine(output).count()).as("the quarantine of a refused run").isEqualTo(100);
    assertThat(Files.list(output.resolveSibling("_paritree/out")).map(Path::getFileName))
        .as("nothing of the refused run is left except its report and quarantine")
        .extracting(Path::toString)
        .containsExactlyInAnyOrder("lock", "running", "runs");
  }

  @Test
  void aBadDayIsHeldAndTheOthersArePublished() throws Exception {
    Path input = days(7);
    Parcels.rewrite(input.resolve("day=3"), 300, 400, 9); // 11 of 100 rows are bad, 1.6 % of all
    Path output = directory.resolve("out");
    Path metrics = directory.resolve("paritree.prom");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job.metrics-file = \"%s\"".formatted(metrics));

    JobRun run = JobRun.ofParcels(model, input, output, "--run-id", "held", "--conf", conf);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    String why =
        "11 of 100 rows (11.0 %) could not be scored, more than --max-quarantined 0.05; by code:"
            + " {missing_value=11}";
    assertThat(run.err())
        .contains("Cannot publish 1 of 7 partitions of this group:\n  - day=3: " + why);
    assertThat(run.out())
        .contains(
            "Run held: quarantined; held: 1 partition (day=3); published: 6 partitions (day=1, day=2,"
                + " day=4,",
            "  day=3 (held) ");
    assertThat(published(output))
        .containsExactly("day=1", "day=2", "day=4", "day=5", "day=6", "day=7");
    assertThat(Scores.of(output)).hasSize(600);
    JsonNode report = ReportTest.report(output);
    assertThat(report.get("outcome").asText()).isEqualTo("quarantined");
    assertThat(report.get("exit_code").asInt()).isEqualTo(4);
    assertThat(report.get("published").asInt()).isEqualTo(6);
    assertThat(report.get("held").asInt()).isEqualTo(1);
    assertThat(report.get("already_published").asInt()).isZero();
    JsonNode last = report.get("partitions").get(6);
    assertThat(last.get("partition").asText()).isEqualTo("day=3");
    assertThat(last.get("held").get("outcome").asText()).isEqualTo("quarantined");
    assertThat(last.get("held").get("reason").asText()).isEqualTo(why);
    assertThat(report.get("partitions").get(5).has("held")).isFalse();
    assertThat(Files.readString(metrics))
        .contains(
            "paritree_job_exit_code{output=\"%s\"} 4.0\n".formatted(output),
            "paritree_job_held_partitions{output=\"%s\"} 1.0\n".formatted(output),
            "published=\"now\"} 6.0\n");
    StatusTest.assertEnded(
        output, "held", 4, "6 partitions published, 1 held: Cannot publish 1 of 7");
    List<String> lineage = LineageTest.lines(output);
    lineage.forEach(LineageTest::assertValid);
    assertThat(lineage.get(1))
        .contains("\"eventType\":\"FAIL\"", "\"partitionsPublished\":6,\"partitionsHeld\":1,")
        .contains("\"rowCount\":600", "\"rowCount\":700");
  }

  @Test
  void whatIsHeldIsPublishedWhenItIsMendedAndNothingElseAgain() throws Exception {
    Path input = days(3);
    Parcels.rewrite(input.resolve("day=2"), 200, 300, 5);
    Path output = directory.resolve("out");
    Object[] indexed = {"--lookup-index"};
    assertThat(JobRun.ofParcels(model, input, output, indexed).exitCode()).isEqualTo(4);
    Map<String, String> before = Scores.files(output);
    assertThat(indexes()).containsExactly("day=1", "day=3");

    JobRun again = JobRun.ofParcels(model, input, output, indexed);

    assertThat(again.exitCode()).isEqualTo(4);
    assertThat(again.out()).contains("quarantined, nothing was published");
    assertThat(Scores.files(output)).isEqualTo(before);
    Parcels.rewrite(input.resolve("day=2"), 200, 300, 0);
    JobRun mended = JobRun.ofParcels(model, input, output, indexed);
    assertThat(mended.exitCode()).as(mended.err()).isZero();
    assertThat(mended.out()).contains("published; published before: 2 partitions (day=1, day=3)");
    assertThat(published(output)).containsExactly("day=1", "day=2", "day=3");
    assertThat(Scores.files(output)).containsAllEntriesOf(before);
    assertThat(indexes()).containsExactly("day=1", "day=2", "day=3");
  }

  @Test
  void aHeldDayKeepsTheRowsThatItHad() throws Exception {
    Path input = days(2);
    Path output = directory.resolve("out");
    assertThat(JobRun.ofParcels(model, input, output).exitCode()).isZero();
    Map<String, String> before = Scores.files(output.resolve("day=2"));
    Parcels.rewrite(input.resolve("day=2"), 200, 300, 5);

    JobRun run = JobRun.ofParcels(model, input, output);

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("quarantined, nothing was published");
    assertThat(Scores.files(output.resolve("day=2"))).isEqualTo(before);
  }

  @Test
  void nothingOfTheGroupIsPublishedWhereAllOrNothingIsAskedFor() throws Exception {
    Path input = days(3);
    Parcels.rewrite(input.resolve("day=2"), 200, 300, 5);
    Path output = directory.resolve("out");

    JobRun run = JobRun.ofParcels(model, input, output, "--all-or-nothing", "--run-id", "all");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err())
        .contains("Cannot publish 1 of 3 partitions of this group:\n  - day=2: 20 of 100 rows")
        .contains("with --all-or-nothing, nothing of the group is published");
    assertThat(run.out()).contains("quarantined, nothing was published");
    assertThat(output).doesNotExist();
    StatusTest.assertEnded(output, "all", 4, "0 partitions published, 1 held");
  }

  /** Writes a hundred good rows for each day. */
  private Path days(int days) {
    Path input = directory.resolve("in");
    for (int day = 1; day <= days; day++) {
      Parcels.write(input.resolve("day=" + day), day * 100, day * 100 + 100, 0, 1);
    }

    return input;
  }

  private static List<String> published(Path output) throws IOException {
    try (Stream<Path> partitions = Files.list(output)) {
      return partitions.map(partition -> partition.getFileName().toString()).sorted().toList();
    }
  }

  /** Returns the partitions of which there are indexes. */
  private List<String> indexes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree/out/lookup"))) {
      return files
          .filter(file -> file.endsWith("lookup.json"))
          .map(file -> file.getParent().getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /** Returns the key of each row of an input, by its file's name and its index in it. */
  private static Map<String, Long> keys(Path input) {
    Map<String, Long> keys = new HashMap<>();
    for (Row row :
        TestSpark.session()
            .read()
            .parquet(input.toString())
            .selectExpr("_metadata.file_name", "_metadata.row_index", "parcel_id")
            .collectAsList()) {
      keys.put(row.getString(0) + " " + row.getLong(1), row.getLong(2));
    }

    return keys;
  }

  /** Returns the quarantined rows of all runs on an output. */
  static Dataset<Row> quarantine(Path output) throws IOException {
    Path runs = output.resolveSibling("_paritree").resolve(output.getFileName()).resolve("runs");
    try (Stream<Path> all = Files.list(runs)) {
      String[] directories =
          all.map(run -> run.resolve("quarantine"))
              .filter(Files::exists)
              .map(Path::toString)
              .toArray(String[]::new);
      return TestSpark.interpreting().read().parquet(directories);
    }
  }
}
