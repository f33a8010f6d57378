package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On YARN, with model, input and output on HDFS, the job gives the rows that it gives here. */
@Tag("clusters")
class YarnIT {
  private static final int ROWS = 600;

  @TempDir static Path directory;
  private static YarnCluster cluster;
  private static Location model;
  private static Location input;
  private static Map<Long, Integer> expected;

  @BeforeAll
  static void start() throws Exception {
    cluster = YarnCluster.start(directory.resolve("cluster"));
    Path local = new TestPackages(directory.resolve("models")).binary();
    expected = ScoringJobTest.expected(local.toString(), 0, ROWS);
    model = copied(local, "models/parcel-late/1");
    input = copied(Parcels.write(directory.resolve("in"), 0, ROWS, 0, 2), "in");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Location copied(Path local, String name) throws IOException {
    Location to = cluster.files().resolve(name);
    HadoopPaths.of(to)
        .getFileSystem(new Configuration())
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(local.toUri()), HadoopPaths.of(to));
    return to;
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "cluster"})
  void rowsAreScoredInBothModes(String mode) throws Exception {
    Location output = cluster.files().resolve(mode);

    Path log = directory.resolve(mode + ".log");
    int exitCode = score(mode, output, input, log);

    assertThat(exitCode).as(Files.readString(log)).isZero();
    assertThat(Scores.of(output.toString())).isEqualTo(expected);
  }

  @Test
  void refusedRunInClusterModeLeavesItsCode() throws Exception {
    Location output = cluster.files().resolve("refused");

    Path log = directory.resolve("refused.log");
    int exitCode = score("cluster", output, cluster.files().resolve("nowhere"), log);

    assertThat(exitCode).as(Files.readString(log)).isEqualTo(1);
    assertThat(Files.readString(log)).contains("Scoring ended with exit code 3", "no input");
    JobRun status = JobRun.status(output, "night");
    assertThat(status.exitCode()).as(status.err()).isEqualTo(3);
  }

  private static int score(String mode, Location output, Location rows, Path log) throws Exception {
    return JobProcess.exitCode(
        cluster.score(
            log,
            List.of("--deploy-mode", mode),
            "--model",
            model,
            "--input",
            rows,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--run-id",
            "night"));
  }
}
