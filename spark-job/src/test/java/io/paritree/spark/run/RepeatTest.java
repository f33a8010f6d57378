package io.paritree.spark.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that has published is not repeated; a change of what shapes the output causes a new one.
 */
class RepeatTest {
  @TempDir Path directory;
  private TestPackages packages;
  private String model;
  private Path input;
  private Path output;

  @BeforeEach
  void publish() {
    packages = new TestPackages(directory.resolve("models"));
    model = packages.binary().toString();
    input = directory.resolve("in");
    output = directory.resolve("out");
    Parcels.write(input.resolve("day=1"), 0, 100, 0, 1);
    Parcels.write(input.resolve("day=2"), 100, 150, 0, 1);
    assertThat(score().exitCode()).isZero();
  }

  @Test
  void secondRunOnlyAddsItsRecord() throws Exception {
    Map<String, String> before = Scores.files(directory);

    JobRun second = score("--run-id", "second");

    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out())
        .contains("already published, nothing to do: 2 partitions (day=1, day=2)");
    Map<String, String> after = Scores.files(directory);
    assertThat(after)
        .containsAllEntriesOf(before)
        .hasSize(before.size() + 2); // its report and its lineage
    StatusTest.assertEnded(output, "second", 0, "second  already_published, exit code 0");
  }

  @Test
  void runThatHasNothingToDoStartsNoSpark() throws Exception {
    SparkOnDemand never =
        new SparkOnDemand(
            () -> {
              throw new AssertionError("Spark was started");
            });
    JobSettings settings =
        ScoreArguments.parse(
                Clock.systemUTC(),
                "--model",
                model,
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--keys",
                "parcel_id")
            .orElseThrow();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    int exitCode =
        ScoreMain.score(
                settings, never, StepObserver.NONE, new PrintStream(out, true, UTF_8), System.err)
            .outcome()
            .exitCode();

    assertThat(exitCode).isZero();
    assertThat(out.toString(UTF_8)).contains("already published");
  }

  @Test
  void otherColumnsArePublishedAgain() {
    assertThat(score("--pass", "note").exitCode()).isZero();
    assertThat(ScoringJobTest.read(output).columns()).contains("note");

    assertThat(score("--reasons", "2").exitCode()).isZero();
    assertThat(ScoringJobTest.read(output).columns()).contains("reasons", "reasons_rest");
    assertThat(score("--reasons", "2", "--reasons-direction", "up").out())
        .doesNotContain("already published");
    assertThat(score("--contributions").exitCode()).isZero();
    assertThat(ScoringJobTest.read(output).columns()).contains("contributions_base");
    assertThat(score("--contributions").out()).contains("already published");
    assertThat(score("--margin").exitCode()).isZero();
    assertThat(ScoringJobTest.read(output).columns()).contains("margin").doesNotContain("note");
    assertThat(Scores.of(output)).hasSize(150);
  }

  @Test
  void otherModelIsPublishedAgain() {
    Map<Long, Integer> before = Scores.of(output);
    model = packages.binary(2, 5).toString();

    assertThat(score().exitCode()).isZero();
    assertThat(Scores.of(output)).hasSize(150).isNotEqualTo(before);
  }

  @Test
  void aCorrectedSignatureOfTheSameModelFileIsPublishedAgain() {
    byte[] file = TestPackages.wideModel(2, 9, 3);
    model = packages.logged("corrected", file, "distance", "weight").toString();
    assertThat(score().exitCode()).isZero();
    Map<Long, Integer> expected = Scores.of(output);
    output = directory.resolve("corrected");
    packages.logged("corrected", file, "weight", "distance");
    assertThat(score().exitCode()).isZero();
    Map<Long, Integer> wrong = Scores.of(output);
    packages.logged("corrected", file, "distance", "weight");

    JobRun corrected = score();

    assertThat(corrected.exitCode()).as(corrected.err()).isZero();
    assertThat(corrected.out()).doesNotContain("already published");
    assertThat(Scores.of(output)).isEqualTo(expected).isNotEqualTo(wrong);
    assertThat(score().out()).contains("already published");
  }

  @Test
  void onlyThePartitionThatChangedIsPublishedAgain() throws Exception {
    Map<String, String> before = Scores.files(output.resolve("day=2"));
    Parcels.write(input.resolve("day=1"), 200, 210, 0, 1);

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.files(output.resolve("day=2"))).isEqualTo(before);
    assertThat(Scores.of(output)).hasSize(160);
  }

  /** A copy that keeps its times is the same input; any other is another one. */
  @Test
  void anInputWithOtherTimesIsPublishedAgain() throws Exception {
    try (Stream<Path> files = Files.list(input.resolve("day=1"))) {
      for (Path file : (Iterable<Path>) files.filter(Parquets::isParquet)::iterator) {
        Path copy = Files.copy(file, directory.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(score().out()).contains("2 partitions (day=1, day=2)");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }

    JobRun touched = score();

    assertThat(touched.exitCode()).as(touched.err()).isZero();
    assertThat(touched.out()).doesNotContain("2 partitions (day=1, day=2)");
    assertThat(score().out()).contains("already published, nothing to do: 2 partitions");
  }

  @Test
  void lostFileOfAPublishedPartitionIsNoticed() throws Exception {
    try (Stream<Path> files = Files.list(output.resolve("day=1"))) {
      for (Path file : (Iterable<Path>) files.filter(Parquets::isParquet)::iterator) {
        Files.delete(file);
      }
    }

    assertThat(score().exitCode()).isZero();
    assertThat(Scores.of(output)).hasSize(150);
  }

  @Test
  void forcePublishesAgain() throws Exception {
    Map<String, String> before = Scores.files(output);

    assertThat(score("--force").exitCode()).isZero();
    assertThat(Scores.files(output)).isNotEqualTo(before);
    assertThat(Scores.of(output)).hasSize(150);
  }

  /**
   * A reader that has listed the old files and then opens them finds them missing, not replaced.
   */
  @Test
  void namesOfFilesAreTheirRunsOwn() throws Exception {
    Set<String> seen = new HashSet<>();
    for (int run = 0; run < 2; run++) {
      assertThat(score("--force", "--run-id", "same-id").exitCode()).isZero();
      Location place = Location.of(output);
      PartitionManifest manifest =
          new OutputPlace(FileStore.of(place), place).manifest("day=1").orElseThrow();
      String random = manifest.directory().replaceFirst("same-id-", "");
      assertThat(random).hasSize(8);
      assertThat(manifest.files())
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file.name()).contains("-" + random + "-"))
          .allSatisfy(file -> assertThat(seen.add(file.name())).isTrue());
    }
  }

  @Test
  void onlyTheNewestReportsAreKept() throws Exception {
    Path conf = Files.writeString(directory.resolve("job.conf"), "scoring-job.kept-runs = 2\n");
    for (int run = 0; run < 3; run++) {
      assertThat(score("--force", "--conf", conf).exitCode()).isZero();
    }

    try (Stream<Path> runs = Files.list(directory.resolve("_paritree/out/runs"))) {
      assertThat(runs).hasSize(2);
    }
  }

  private JobRun score(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id"));
    arguments.addAll(List.of(more));
    return JobRun.of(arguments.toArray());
  }
}
