package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.StepObserver;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static String status(Path output) {
    return run("--status", "--output", output.toString());
  }

  private static String run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(ScoreMain.run(StepObserver.NONE, print, System.err, arguments)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }
}
