package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import io.paritree.model.TestPackages;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that cannot write says where and why, and leaves the old output as it was; the next run
 * removes what it left. {@code FailingStoreTest} shows the same for each operation of publishing
 * itself.
 */
@Tag("clusters")
class FullDiskTest {
  private static final List<String> PARTITIONS = List.of("day=1", "day=2");

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private Path input;
  private Path output;
  private String model;
  private PublishedOutput published;

  @BeforeEach
  void publish() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    model = packages.binary(1, 5).toString();
    input = directory.resolve("in");
    output = directory.resolve("out");
    published = new PublishedOutput(Location.of(output));
    Parcels.write(input.resolve("day=1"), 0, 300, 0, 1);
    Parcels.write(input.resolve("day=2"), 300, 600, 0, 1);
    JobRun run = score("old");
    assertThat(run.exitCode()).as(run.err()).isZero();
    model = packages.binary(2, 6).toString();
  }

  @Test
  void fullDiskUnderTheTasksLeavesTheOldOutputWhateverWasWritten() throws Exception {
    Map<String, String> old = Scores.files(output);
    Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
    int refused = 0;
    for (long bytes = 0; true; bytes += 1_500) {
      FullDisk.begin(hadoop, bytes);
      JobRun run;
      try {
        run = score("full-" + bytes);
      } finally {
        FullDisk.end(hadoop);
      }

      if (run.exitCode() == 0) {
        break;
      }

      refused++;
      String place = "_paritree/out/full-" + bytes;
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().lines().limit(5))
          .anySatisfy(line -> assertThat(line).contains("Cannot write", place, FullDisk.REASON));
      assertThat(Scores.files(output)).isEqualTo(old);
      assertThat(published.garbage(PARTITIONS)).isEmpty();
    }

    assertThat(refused).isGreaterThan(2);
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 600));
    assertThat(published.garbage(PARTITIONS)).isEmpty();
  }

  @Test
  void failedRunLeavesAReportAndRemovesThoseThatAreTooMany() throws Exception {
    Path conf = Files.writeString(directory.resolve("job.conf"), "scoring-job.kept-runs = 2");
    Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
    FullDisk.begin(hadoop, 0);
    try {
      for (int run = 0; run < 3; run++) {
        assertThat(score("full-" + run, "--conf", conf).exitCode()).isEqualTo(1);
      }
    } finally {
      FullDisk.end(hadoop);
    }

    Path runs = directory.resolve("_paritree/out/runs");
    try (Stream<Path> reports = Files.list(runs)) {
      assertThat(reports)
          .hasSize(2)
          .allSatisfy(
              run ->
                  assertThat(run.resolve("report.json"))
                      .content()
                      .contains("\"failed\"", FullDisk.REASON));
    }
  }

  @Test
  void placeWhereNoDirectoryCanBeMadeIsNamed() throws Exception {
    Map<String, String> old = Scores.files(output);
    Path running = directory.resolve("_paritree/out/running");
    Files.delete(running);
    Files.writeString(running, "a file");

    JobRun run = score("refused");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("Scoring failed: ").contains(running.toString());
    assertThat(Scores.files(output)).isEqualTo(old);

    Files.delete(running);
    assertThat(score("next").exitCode()).isZero();
    assertThat(published.garbage(PARTITIONS)).isEmpty();
  }

  @Test
  void runThatHasPublishedDoesNotFailBecauseItsReportCannotBeMoved() throws Exception {
    Path state = directory.resolve("_paritree/out");
    Path aside = Files.move(state.resolve("runs"), state.resolveSibling("runs"));
    Files.writeString(state.resolve("runs"), "a file");

    JobRun run = score("published");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 600));

    Files.delete(state.resolve("runs"));
    Files.move(aside, state.resolve("runs"));
    assertThat(score("next").out()).contains("already published");
    assertThat(published.garbage(PARTITIONS)).isEmpty();
  }

  private JobRun score(String run, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("--model", model, "--input", input, "--output", output, "--keys"));
    arguments.addAll(List.of("parcel_id", "--run-id", run));
    arguments.addAll(List.of(more));
    return JobRun.of(arguments.toArray());
  }
}
