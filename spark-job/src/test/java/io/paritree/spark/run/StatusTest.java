package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --status} and {@code --recover} work without Spark. */
class StatusTest {
  @TempDir Path directory;

  @Test
  void statusListsRunsAndRecoveryRemovesWhatDeadRunsHaveLeft() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 100, 2, 1);
    Path output = directory.resolve("out");
    assertThat(status(output)).contains("no run has ended here");

    JobRun.of(
        "--model",
        model,
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id",
        "--run-id",
        "first");
    JobRun.of(
        "--model",
        model,
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id",
        "--max-quarantined",
        "0.5",
        "--run-id",
        "second");
    Path left = directory.resolve("_paritree/out/third-0123abcd");
    Files.createDirectories(left.resolve("tasks"));

    assertThat(status(output))
        .containsSubsequence(
            "first  quarantined, exit code 4", "second  published, exit code 0, 50 scored")
        .contains("third-0123abcd has not ended");
    assertThat(run("--recover", "--output", output.toString()))
        .contains("third-0123abcd was removed");
    assertThat(left).doesNotExist();
    assertThat(run("--recover", "--output", output.toString())).contains("Nothing to recover");
  }

  @Test
  void everyRunThatStartsLeavesItsCodeAndReason() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    String model = packages.binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 100, 0, 1);
    Path output = directory.resolve("out");

    score(model, directory.resolve("nowhere"), output, "refused-input");
    score(directory.resolve("no-model"), input, output, "refused-model");
    score(model, input, output, "published");
    score(model, input, output, "repeated");
    score(model, input, output, "dry", "--dry-run");

    assertThat(status(output))
        .containsSubsequence(
            "refused-input  refused, exit code 3, 0 scored, 0 quarantined: Cannot score this, 1"
                + " problem: - there is no input",
            "refused-model  model_refused, exit code 6, 0 scored, 0 quarantined: Cannot open model",
            "published  published, exit code 0, 100 scored",
            "repeated  already_published, exit code 0")
        .doesNotContain("dry ");
    assertEnded(output, "refused-model", 6, "no-model");
    assertEnded(output, "refused-input", 3, "there is no input");
    assertEnded(output, "published", 0, "100 scored");
    assertEnded(output, "unknown", 1, "no run unknown has ended here");
  }

  @Test
  void errorLeavesARecordToo() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path output = directory.resolve("out");
    StepObserver fails =
        step -> {
          if (step == Step.MODEL_OPENED) {
            throw new NoClassDefFoundError("of/another/jar");
          }
        };

    JobRun run =
        JobRun.observed(
            fails,
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--run-id",
            "failed");

    assertThat(run.exitCode()).isEqualTo(1);
    assertEnded(output, "failed", 1, "NoClassDefFoundError: of/another/jar");
  }

  @Test
  void runThatEndedBetweenTwoOfItsGroupsHasNotEnded() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    Parcels.write(input.resolve("day=2"), 10, 20, 0, 1);
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path output = directory.resolve("out");
    score(model, input, output, "groups", "--group-by", "day");
    assertEnded(output, "groups", 0, "published, exit code 0");

    // What a run that is killed between its two groups leaves.
    try (Stream<Path> runs = Files.list(directory.resolve("_paritree/out/runs"))) {
      for (Path run : (Iterable<Path>) runs::iterator) {
        if (run.toString().endsWith(".2")) {
          Files.delete(run.resolve("report.json"));
        }
      }
    }

    assertEnded(output, "groups", 1, "groups");
  }

  @Test
  void manyRefusedRunsRemoveNoQuarantine() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 100, 50, 1);
    Path output = directory.resolve("out");
    Path conf = Files.writeString(directory.resolve("job.conf"), "scoring-job.kept-runs = 2");
    score(model, input, output, "published", "--conf", conf);
    for (int run = 0; run < 4; run++) {
      score(model, directory.resolve("nowhere"), output, "refused-" + run, "--conf", conf);
    }

    assertThat(QuarantineTest.quarantine(output).count()).isEqualTo(2);
    assertThat(status(output))
        .contains("published  published", "refused-2  refused", "refused-3  refused")
        .doesNotContain("refused-1");
  }

  private static void score(Object model, Path input, Path output, String id, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id"));
    arguments.addAll(List.of("--run-id", id));
    arguments.addAll(List.of(more));
    JobRun.of(arguments.toArray());
  }

  /** Asserts what {@code --status --run-id} answers. */
  static void assertEnded(Path output, String run, int exitCode, String... texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] arguments = {"--status", "--output", output.toString(), "--run-id", run};
    assertThat(ScoreMain.run(StepObserver.NONE, print, System.err, arguments))
        .as(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(exitCode);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(texts);
  }

  static String status(Path output) {
    return run("--status", "--output", output.toString());
  }

  private static String run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(ScoreMain.run(StepObserver.NONE, print, System.err, arguments)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }
}
