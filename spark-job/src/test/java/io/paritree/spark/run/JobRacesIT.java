package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers, each in its own JVM, that publish to one output: at the same time, or after a long stop.
 */
@Tag("clusters")
class JobRacesIT {
  private static final int ROWS = 500;

  @TempDir(factory = MemoryDisk.class)
  static Path shared;

  private static PackagedJob job;
  private static String model;
  private static String otherModel;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    TestPackages packages = new TestPackages(shared.resolve("models"));
    model = packages.binary(1, 5).toString();
    otherModel = packages.binary(2, 6).toString();
    Parcels.write(shared.resolve("in"), 0, ROWS, 0, 1);
    job = new PackagedJob(shared.resolve("job"));
  }

  /** {@link RacingRunsTest} has eight of each in one JVM. */
  @Test
  @Tag("nightly")
  void ofTwoPairsOfEqualRunsOnePublishesItsEqualFindsThatAndTheOthersLeaveWithFive()
      throws Exception {
    Location output = Location.of(directory.resolve("out"));
    List<WaitingRun> runs = new ArrayList<>();
    try {
      for (int run = 0; run < 4; run++) {
        List<Object> arguments = arguments(model, output, "run-" + run);
        arguments.addAll(List.of("--conf", conf("scoring-job.rows-per-file = " + (600 + run / 2))));
        runs.add(new WaitingRun(job, "race-" + run, Step.INPUT_CHECKED, arguments));
      }

      for (WaitingRun run : runs) {
        run.awaitStep();
      }

      for (WaitingRun run : runs) {
        run.goOn();
      }

      List<String> endings = new ArrayList<>();
      for (WaitingRun run : runs) {
        endings.add(run.ending());
      }

      assertThat(endings).containsOnlyOnce("0 published");
      int winner = endings.indexOf("0 published");
      int equal = winner % 2 == 0 ? winner + 1 : winner - 1;
      assertThat(endings.get(equal)).isEqualTo("0 already published");
      endings.removeIf(ending -> ending.startsWith("0 "));
      assertThat(endings)
          .hasSize(2)
          .allSatisfy(
              ending ->
                  assertThat(ending)
                      .startsWith("5 ")
                      .contains("another one has published the output"));
      assertPublished(output, "run-" + winner, model);
    } finally {
      runs.forEach(WaitingRun::close);
    }
  }

  @Test
  void aRunThatIsAskedToStopEndsAsItsReportSays() throws Exception {
    assertEndsAsItsReportSays("INT", Step.VERIFIED);
  }

  @Test
  @Tag("nightly")
  void aRunThatIsAskedToStopBeforeItScoresEndsAsItsReportSays() throws Exception {
    assertEndsAsItsReportSays("TERM", Step.MODEL_OPENED);
  }

  private void assertEndsAsItsReportSays(String signal, Step when) throws Exception {
    Location output = Location.of(directory.resolve("out"));
    try (WaitingRun run =
        new WaitingRun(job, "stopped-" + when, when, arguments(model, output, "stopped"))) {
      run.awaitStep();
      run.signal(signal);
      run.awaitText("Stopping because of SIG" + signal);
      run.goOn();

      assertThat(run.exitCode()).as(run.log()).isEqualTo(1);
      assertThat(run.log())
          .contains("The run was stopped by SIG" + signal)
          .doesNotContain(
              "\tat io.paritree.spark.run.ScoreMain"); // Spark logs the end of its tasks
    }

    StatusTest.assertEnded(
        output.toPath(),
        "stopped",
        1,
        "failed, exit code 1, ",
        "The run was stopped by SIG" + signal);
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void whatIsBeingPublishedIsPublishedBeforeARunStops() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    try (WaitingRun run =
        new WaitingRun(job, "published", Step.SWAP_BEGUN, arguments(model, output, "stopped"))) {
      run.awaitStep();
      run.signal("TERM");
      run.awaitText("Stopping because of SIGTERM");
      run.goOn();

      assertThat(run.exitCode()).as(run.log()).isZero();
    }

    StatusTest.assertEnded(output.toPath(), "stopped", 0, "published, exit code 0");
  }

  /** {@code PausedRunTest} stops a process that publishes. */
  @Test
  @Tag("nightly")
  void driverThatIsStoppedKeepsItsLockOnALocalDiskUntilItGoesOn() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    assertThat(JobRun.of(arguments(model, output, "old").toArray()).exitCode()).isZero();
    List<Object> arguments = arguments(otherModel, output, "stopped");
    try (WaitingRun stopped = new WaitingRun(job, "stopped", Step.SWAP_BEGUN, arguments)) {
      stopped.awaitStep();
      stopped.signal("STOP");
      List<Object> forced = arguments(model, output, "other");
      forced.add("--force");
      CountDownLatch isPrepared = new CountDownLatch(1);
      StepObserver observer =
          step -> {
            if (step == Step.PREPARED) {
              isPrepared.countDown();
            }
          };
      CompletableFuture<JobRun> other =
          CompletableFuture.supplyAsync(() -> JobRun.observed(observer, forced.toArray()));
      isPrepared.await(); // from now on it waits for the lock alone
      assertThat(endsWithinSeconds(other, 1)).isFalse();
      assertPublished(output, "old", model, "stopped-", "other-");

      stopped.signal("CONT");
      stopped.goOn();

      assertThat(stopped.exitCode()).as(stopped.log()).isZero();
      assertThat(other.get().exitCode()).as(other.get().err()).isEqualTo(5);
      assertPublished(output, "stopped", otherModel);
    }
  }

  /** {@code PausedRunTest} stops a process that publishes, and pauses before other changes. */
  @Test
  @Tag("nightly")
  void driverThatIsStoppedMovesNothingOnHdfsOnceItsLockWasTakenOver() throws Exception {
    List<Object> quick =
        List.of("--conf", conf("scoring-job { lock-beat-seconds = 0.1, lock-stale-seconds = 1 }"));
    Location output = TestHdfs.directory("races/out");
    JobRun.of(with(arguments(model, output, "old"), quick).toArray());
    List<Object> arguments = with(arguments(otherModel, output, "stopped"), quick);
    try (WaitingRun stopped = new WaitingRun(job, "stopped", Step.OLD_MOVED, arguments)) {
      stopped.awaitStep();
      stopped.signal("STOP");
      JobRun recovered = JobRun.recovery(output, quick);
      assertThat(recovered.exitCode()).as(recovered.err()).isZero();
      List<Object> winning = with(arguments(model, output, "winner"), quick);
      winning.add("--force");
      JobRun winner = JobRun.of(winning.toArray());
      assertThat(winner.exitCode()).as(winner.err()).isZero();
      Map<String, String> files = new PublishedOutput(output).files("");

      stopped.signal("CONT");
      stopped.goOn();

      assertThat(stopped.exitCode()).as("%s", stopped.log()).isIn(1, 5);
      assertThat(new PublishedOutput(output).files("")).isEqualTo(files);
    }

    JobRun.recovery(output, quick);
    assertPublished(output, "winner", model);
  }

  private static boolean endsWithinSeconds(CompletableFuture<JobRun> run, int seconds)
      throws Exception {
    try {
      run.get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static void assertPublished(
      Location output, String run, String model, String... unfinished) throws Exception {
    PublishedOutput published = new PublishedOutput(output);
    assertThat(published.faults("", run)).isEmpty();
    assertThat(Scores.of(output.toString())).isEqualTo(ScoringJobTest.expected(model, 0, ROWS));
    assertThat(published.garbage(published.names()))
        .allMatch(name -> List.of(unfinished).stream().anyMatch(name::contains));
  }

  private Path conf(String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "job", ".conf"), text);
  }

  private static List<Object> with(List<Object> arguments, List<Object> more) {
    arguments.addAll(more);
    return arguments;
  }

  private static List<Object> arguments(String model, Location output, String run) {
    return new ArrayList<>(
        List.of(
            "--model",
            model,
            "--input",
            shared.resolve("in"),
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--run-id",
            run));
  }
}
