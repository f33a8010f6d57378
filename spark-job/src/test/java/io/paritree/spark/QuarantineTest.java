package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad row is data: it is kept, with its reasons; with too many of them nothing is published. */
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
    Map<String, Long> keys = keys(input);
    for (Row row : quarantined) {
      assertThat((Long) row.getAs("parcel_id") % 100).isZero();
      assertThat(row.getList(row.fieldIndex("_codes"))).isEqualTo(List.of("missing_value"));
      assertThat((String) row.getAs("_faults")).contains("weight");
      assertThat(keys.get(row.getAs("_source_file") + " " + row.getAs("_source_row")))
          .isEqualTo((Long) row.getAs("parcel_id"));
    }

    assertThat(run.out()).contains("10,000", "9,900", "missing_value=100");
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
      return TestSpark.session().read().parquet(directories);
    }
  }
}
