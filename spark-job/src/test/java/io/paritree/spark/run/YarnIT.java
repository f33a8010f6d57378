package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On YARN, with model, input and output on HDFS, the job gives the rows that it gives here. Each
 * push tries a standalone cluster ({@link ClusterIT}) and files on HDFS ({@link HdfsDefaultIT}).
 */
@Tag("nightly")
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

  private static Process score(Path log, Location output, List<String> options) throws IOException {
    return cluster.score(
        log,
        options,
        "--model",
        model,
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id");
  }

  @Test
  void anApplicationScoresAndPublishesOnTheCluster() throws Exception {
    Location output = cluster.files().resolve("out");
    Path log = directory.resolve("out.log");
    List<String> options = List.of("--deploy-mode", "cluster", "--num-executors", "1");

    assertThat(JobProcess.exitCode(score(log, output, options))).as(Files.readString(log)).isZero();

    assertThat(Scores.of(output.toString())).isEqualTo(expected);
  }

  /** YARN starts the second attempt, whose driver scores in the cluster too. */
  @Test
  void anApplicationMasterThatIsKilledAndStartedAgainLeavesEverything() throws Exception {
    Location output = leftByAMasterThatIsKilled(2);

    assertThat(Scores.of(output.toString())).isEqualTo(expected);
  }

  @Test
  void anApplicationMasterThatIsKilledForGoodLeavesNothingAndTheNextRunSucceeds() throws Exception {
    Location output = leftByAMasterThatIsKilled(1);

    FileSystem files = HadoopPaths.of(output).getFileSystem(new Configuration());
    assertThat(files.exists(HadoopPaths.of(output))).isFalse();
    scoreWithExecutorsThatAreRequestedWhenTasksWait(output);
    assertThat(Scores.of(output.toString())).isEqualTo(expected);
  }

  private static Location leftByAMasterThatIsKilled(int attempts) throws Exception {
    Location output = cluster.files().resolve("master-killed-" + attempts);
    Path log = directory.resolve("master-killed-%s.log".formatted(attempts));
    List<String> options =
        new ArrayList<>(List.of("--deploy-mode", "cluster", "--num-executors", "1"));
    options.addAll(List.of("--conf", "spark.yarn.maxAppAttempts=" + attempts));
    SparkCluster.await(
        "the end of the tests before",
        () -> cluster.executors().isEmpty() && cluster.containers("ApplicationMaster").isEmpty());
    Process job = score(log, output, options);
    SparkCluster.await("executors", () -> !cluster.executors().isEmpty() || !job.isAlive());

    List<ProcessHandle> masters = cluster.containers("ApplicationMaster");
    assertThat(masters).isNotEmpty();
    masters.forEach(ProcessHandle::destroyForcibly);

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isEqualTo(2 - attempts);
    return output;
  }

  private static void scoreWithExecutorsThatAreRequestedWhenTasksWait(Location output)
      throws Exception {
    Path log = directory.resolve("after-the-kill.log");
    List<String> dynamic = new ArrayList<>(List.of("--num-executors", "0"));
    for (String setting :
        List.of("enabled=true", "shuffleTracking.enabled=true", "executorIdleTimeout=1s")) {
      dynamic.addAll(List.of("--conf", "spark.dynamicAllocation." + setting));
    }

    int exitCode = JobProcess.exitCode(score(log, output, dynamic));

    assertThat(exitCode).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).containsPattern("Requesting [12] new executor");
  }

  @Test
  void anOutputThatTheUserMayNotWriteIsLeftAsItIs() throws Exception {
    Location closed = cluster.files().resolve("closed");
    FileSystem files = HadoopPaths.of(closed).getFileSystem(new Configuration());
    files.mkdirs(HadoopPaths.of(closed), new FsPermission("755"));
    Location staging = cluster.files().resolve("staging");
    files.mkdirs(HadoopPaths.of(staging));
    files.setPermission(HadoopPaths.of(staging), new FsPermission("777"));
    Path log = directory.resolve("closed.log");
    List<String> guest =
        List.of(
            "--num-executors",
            "1",
            "--conf",
            "spark.driver.extraJavaOptions=-DHADOOP_USER_NAME=guest",
            "--conf",
            "spark.yarn.stagingDir=" + staging);

    int exitCode = JobProcess.exitCode(score(log, closed.resolve("out"), guest));

    assertThat(exitCode).as(Files.readString(log)).isEqualTo(1);
    assertThat(Files.readString(log)).contains("Scoring failed: ", "Permission denied: user=guest");
    assertThat(files.listStatus(HadoopPaths.of(closed))).isEmpty();
  }
}
