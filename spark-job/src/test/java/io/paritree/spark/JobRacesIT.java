package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Drivers, each in its own JVM, that publish to one output: at the same time, or after a long stop.
 */
@Tag("clusters")
class JobRacesIT {
  private static final int RUNS = 8;
  private static final int ROWS = 500;

  @TempDir static Path shared;
  private static PackagedJob job;
  private static String model;
  private static String otherModel;

  @TempDir Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    TestPackages packages = new TestPackages(shared.resolve("models"));
    model = packages.binary(1, 5).toString();
    otherModel = packages.binary(2, 6).toString();
    Parcels.write(shared.resolve("in"), 0, ROWS, 0, 1);
    job = new PackagedJob(shared.resolve("job"));
    job.archive(arguments(model, Location.of(shared.resolve("warm/out")), "warm"));
  }

  @Test
  void ofEightEqualRunsOnePublishesAndTheOthersFindItPublished() throws Exception {
    List<String> logs = race(false);

    assertThat(logs).allSatisfy(log -> assertThat(log).contains("exited with 0"));
    assertThat(logs.stream().filter(log -> log.contains(": published"))).hasSize(1);
    assertThat(logs.stream().filter(log -> log.contains(": already published"))).hasSize(RUNS - 1);
  }

  @Test
  void ofEightThatDifferOnePublishesAndTheOthersLeaveWithFive() throws Exception {
    List<String> logs = race(true);

    assertThat(logs.stream().filter(log -> log.contains("exited with 0"))).hasSize(1);
    assertThat(logs.stream().filter(log -> log.contains("exited with 5")))
        .hasSize(RUNS - 1)
        .allSatisfy(log -> assertThat(log).contains("another one has published the output"));
  }

  @ParameterizedTest
  @CsvSource({"INT, MODEL_OPENED", "TERM, STAGING_MADE", "INT, SCORED", "INT, VERIFIED"})
  void aRunThatIsAskedToStopEndsAsItsReportSays(String signal, Step when) throws Exception {
    Location output = Location.of(directory.resolve("out"));
    try (Waiting run = new Waiting("stopped-" + when, when, arguments(model, output, "stopped"))) {
      run.awaitStep();
      run.signal(signal);
      run.awaitText("Stopping because of SIG" + signal);
      run.goOn();

      assertThat(run.exitCode()).as(run.log()).isEqualTo(1);
      assertThat(run.log())
          .contains("The run was stopped by SIG" + signal)
          .doesNotContain("\tat io.paritree.spark.ScoreMain"); // Spark logs the end of its tasks
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
    try (Waiting run =
        new Waiting("published", Step.SWAP_BEGUN, arguments(model, output, "stopped"))) {
      run.awaitStep();
      run.signal("TERM");
      run.awaitText("Stopping because of SIGTERM");
      run.goOn();

      assertThat(run.exitCode()).as(run.log()).isZero();
    }

    StatusTest.assertEnded(output.toPath(), "stopped", 0, "published, exit code 0");
  }

  /** Returns what each of eight runs has printed, and its exit code. */
  private List<String> race(boolean different) throws Exception {
    Location output = Location.of(directory.resolve("out"));
    List<Waiting> runs = new ArrayList<>();
    try {
      for (int run = 0; run < RUNS; run++) {
        List<Object> arguments = arguments(model, output, "run-" + run);
        if (different) {
          arguments.addAll(List.of("--conf", conf("scoring-job.rows-per-file = " + (600 + run))));
        }

        runs.add(new Waiting("race-" + run, Step.INPUT_CHECKED, arguments));
      }

      for (Waiting run : runs) {
        run.awaitStep();
      }

      for (Waiting run : runs) {
        run.goOn();
      }

      List<String> logs = new ArrayList<>();
      List<String> winners = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        int exitCode = runs.get(run).exitCode();
        logs.add(runs.get(run).log() + "exited with " + exitCode);
        if (runs.get(run).log().contains(": published")) {
          winners.add("run-" + run);
        }
      }

      assertThat(winners).as("%s", logs).hasSize(1);
      assertPublished(output, winners.get(0), model);
      return logs;
    } finally {
      runs.forEach(Waiting::close);
    }
  }

  @Test
  void driverThatIsStoppedKeepsItsLockOnALocalDiskUntilItGoesOn() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    assertThat(JobRun.of(arguments(model, output, "old").toArray()).exitCode()).isZero();
    List<Object> arguments = arguments(otherModel, output, "stopped");
    try (Waiting stopped = new Waiting("stopped", Step.SWAP_BEGUN, arguments)) {
      stopped.awaitStep();
      stopped.signal("STOP");
      List<Object> forced = arguments(model, output, "other");
      forced.add("--force");
      CompletableFuture<JobRun> other =
          CompletableFuture.supplyAsync(() -> JobRun.of(forced.toArray()));
      assertThat(endsWithinSeconds(other, 5)).isFalse();
      assertPublished(output, "old", model, "stopped-", "other-");

      stopped.signal("CONT");
      stopped.goOn();

      assertThat(stopped.exitCode()).as(stopped.log()).isZero();
      assertThat(other.get().exitCode()).as(other.get().err()).isEqualTo(5);
      assertPublished(output, "stopped", otherModel);
    }
  }

  @Test
  void driverThatIsStoppedMovesNothingOnHdfsOnceItsLockWasTakenOver() throws Exception {
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(new Configuration(), directory.resolve("hdfs").toFile()).build();
    try {
      cluster.waitActive();
      Location output = Location.of(cluster.getURI() + "/scores/out");
      List<Object> quick =
          List.of(
              "--conf", conf("scoring-job { lock-beat-seconds = 0.2, lock-stale-seconds = 2 }"));
      for (Step step : List.of(Step.STAGED, Step.COMPARED, Step.OLD_MOVED)) {
        List<Object> arguments = arguments(otherModel, output, "stopped-at-" + step);
        arguments.addAll(quick);
        JobRun.of(with(arguments(model, output, "old"), quick).toArray());
        try (Waiting stopped = new Waiting("stopped", step, arguments)) {
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
          JobRun.recovery(output, quick);
          assertPublished(output, "winner", model);
        }
      }
    } finally {
      cluster.shutdown(true);
    }
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

  /** A driver that waits at a step. */
  private static final class Waiting implements AutoCloseable {
    private final String name;
    private final Step step;
    private final Process process;

    private Waiting(String name, Step step, List<Object> arguments) throws IOException {
      this.name = name;
      this.step = step;
      List<Object> all = new ArrayList<>(List.of("wait", step, 1));
      all.addAll(arguments);
      this.process = job.start(name, ObservedJob.class, all);
    }

    private void awaitStep() throws IOException {
      awaitText("at " + step);
    }

    private void awaitText(String text) throws IOException {
      while (!log().contains(text)) {
        assertThat(process.isAlive()).as("%s", log()).isTrue();
        LockSupport.parkNanos(10_000_000);
      }
    }

    private void goOn() throws IOException {
      process.outputWriter().write('\n');
      process.outputWriter().flush();
    }

    private void signal(String signal) throws Exception {
      String[] command = {"kill", "-" + signal, String.valueOf(process.pid())};
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private int exitCode() throws Exception {
      return JobProcess.exitCode(process);
    }

    private String log() throws IOException {
      return job.log(name);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
