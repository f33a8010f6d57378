package io.paritree.spark;

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
  void deltaTablesAreWrittenAndReadWherePeopleWriteOtherDigits() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 0, 2);
    Path table = directory.resolve("table");
    List<Object> arguments =
        List.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table);
    PackagedJob job =
        new PackagedJob(directory.resolve("job"), "-Duser.language=fa", "-Duser.country=IR");

    job.archive(with(arguments, "--create-table"));
    Process second = job.start("second", ScoreMain.class, with(arguments, "--force"));

    assertThat(JobProcess.exitCode(second)).as(job.log("second")).isZero();
    assertThat(Scores.of(TestSpark.session().read().format("delta").load(table.toString())))
        .isEqualTo(ScoringJobTest.expected(model, 0, ROWS));
    try (Stream<Path> log = Files.list(table.resolve("_delta_log"))) {
      assertThat(log.filter(file -> file.toString().endsWith(".json")))
          .hasSizeGreaterThan(1)
          .allMatch(file -> file.getFileName().toString().matches("[0-9]{20}\\.json"));
    }
  }

  private static List<Object> with(List<Object> arguments, String more) {
    List<Object> all = new ArrayList<>(arguments);
    all.add(more);
    return all;
  }
}
