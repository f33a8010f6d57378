package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight runs that begin at the same time on one output: one publishes, and nothing is mixed. */
class RacingRunsTest {
  private static final int RUNS = 8;

  @TempDir Path directory;

  @Test
  void ofEightEqualRunsOnePublishesAndAllExitWithZero() throws Exception {
    List<JobRun> runs = race(false);

    assertThat(runs).extracting(JobRun::exitCode).containsOnly(0);
    assertThat(Scores.of(directory.resolve("out"))).hasSize(500);
  }

  @Test
  void ofEightDifferentRunsOnePublishesAndTheOthersExitWithFive() throws Exception {
    List<JobRun> runs = race(true);

    assertThat(runs.stream().filter(run -> run.exitCode() == 0)).hasSize(1);
    assertThat(runs.stream().filter(run -> run.exitCode() == 5))
        .hasSize(RUNS - 1)
        .allSatisfy(run -> assertThat(run.err()).contains("another one has published"));
    assertThat(Scores.of(directory.resolve("out"))).hasSize(500);
    String winner =
        ScoringJobTest.read(directory.resolve("out"))
            .schema()
            .apply("score")
            .metadata()
            .getString("paritree.run");
    assertThat(runs.get(Integer.parseInt(winner.substring(4))).exitCode()).isZero();
  }

  private List<JobRun> race(boolean different) throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 500, 0, 1);
    CyclicBarrier checked = new CyclicBarrier(RUNS);
    StepObserver together =
        step -> {
          if (step == Step.INPUT_CHECKED) {
            try {
              checked.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(RUNS);
    try {
      List<Future<JobRun>> running = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        Path conf = directory.resolve("run" + run + ".conf");
        java.nio.file.Files.writeString(
            conf, "scoring-job.rows-per-file = %s".formatted(different ? 1_000 + run : 1_000));
        String id = "run-" + run;
        running.add(
            threads.submit(
                () ->
                    JobRun.observed(
                        together,
                        "--model",
                        model,
                        "--input",
                        input,
                        "--output",
                        directory.resolve("out"),
                        "--keys",
                        "parcel_id",
                        "--conf",
                        conf,
                        "--run-id",
                        id)));
      }

      List<JobRun> runs = new ArrayList<>();
      for (Future<JobRun> run : running) {
        runs.add(run.get());
      }

      return runs;
    } finally {
      threads.shutdown();
    }
  }
}
