package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run shows how far it is, also while it reads the footers of many files. */
class ProgressTest {
  @TempDir Path directory;

  @Test
  void filesOfTheCheckAreCounted() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 300, 0, 60);
    Path conf =
        Files.writeString(directory.resolve("job.conf"), "scoring-job.progress-seconds = 0.0005");

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id",
            "--conf",
            conf);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err())
        .containsPattern("check: [0-9]+ of 60 files read")
        .contains("score: preparing the tasks")
        .doesNotContain("Infinity", "NaN", "0 of 0");
  }
}
