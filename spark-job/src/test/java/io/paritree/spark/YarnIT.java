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

  /** In client mode, {@code scripts/faults job --executors --yarn} runs it. */
  @Test
  void rowsAreScoredInClusterMode() throws Exception {
    Location output = cluster.files().resolve("out");
    Path log = directory.resolve("cluster.log");

    int exitCode =
        JobProcess.exitCode(
            cluster.score(
                log,
                List.of("--deploy-mode", "cluster"),
                "--model",
                model,
                "--input",
                input,
                "--output",
                output,
                "--keys",
                "parcel_id"));

    assertThat(exitCode).as(Files.readString(log)).isZero();
    assertThat(Scores.of(output.toString())).isEqualTo(expected);
  }
}
