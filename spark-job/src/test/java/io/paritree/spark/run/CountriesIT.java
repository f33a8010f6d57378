package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's process writes a table that every other can read, in whatever country it runs. */
@Tag("clusters")
class CountriesIT {
  private static final int ROWS = 200;

  @TempDir Path directory;

  /** Delta itself names the files of its log with the digits of the process. */
  @Test
  @Tag("nightly")
  void deltaTablesAreWrittenAndReadWherePeopleWriteOtherDigits() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 2);
    Path table = directory.resolve("table");
    List<Object> arguments = new ArrayList<>(List.of("--model", model, "--input", input));
    arguments.addAll(List.of("--keys", "parcel_id", "--table", table));
    JobRun here =
        JobRun.of(Stream.concat(arguments.stream(), Stream.of("--create-table")).toArray());
    assertThat(here.exitCode()).as(here.err()).isZero();
    arguments.add("--force");
    Path log = directory.resolve("log");

    Process there =
        JobProcess.startPackaged(
            JobProcess.delta(),
            List.of("-Duser.language=fa", "-Duser.country=IR"),
            log,
            ScoreMain.class.getName(),
            arguments.toArray());

    assertThat(JobProcess.exitCode(there)).as(Files.readString(log)).isZero();
    assertThat(Scores.of(TestSpark.session().read().format("delta").load(table.toString())))
        .isEqualTo(ScoringJobTest.expected(model, 0, ROWS));
    try (Stream<Path> files = Files.list(table.resolve("_delta_log"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".json")))
          .hasSizeGreaterThan(1)
          .allMatch(file -> file.getFileName().toString().matches("[0-9]{20}\\.json"));
    }
  }
}
