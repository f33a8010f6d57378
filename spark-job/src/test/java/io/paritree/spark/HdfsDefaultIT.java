package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.HdfsCluster;
import io.paritree.model.TestPackages;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hdfs:///dir} is on the HDFS that Spark's settings name, for models and status too. */
@Tag("clusters")
class HdfsDefaultIT {
  @TempDir static Path directory;
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = HdfsCluster.start(new Configuration(), directory.resolve("hdfs"));
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  @Test
  void modelInputAndOutputNeedNotNameTheirHost() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    String model = packages.binary().toString();
    try (FileSystem hdfs = cluster.getFileSystem()) {
      hdfs.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(packages.store().toString()),
          new org.apache.hadoop.fs.Path("/models"));
    }

    Parcels.write(cluster.getURI() + "/in/day=1", 0, 60, 1);
    Parcels.write(cluster.getURI() + "/in/day=2", 60, 100, 1);

    String told =
        succeed(
            "--model",
            "hdfs:///models/%s@champion".formatted(TestPackages.BINARY),
            "--input",
            "hdfs:///in",
            "--output",
            "hdfs:///out",
            "--keys",
            "parcel_id");

    assertThat(told).contains("day=1", "day=2");
    Location output = Location.of(cluster.getURI() + "/out");
    assertThat(Set.copyOf(new PublishedOutput(output).names())).isEqualTo(Set.of("day=1", "day=2"));
    assertThat(Scores.of(output.toString())).isEqualTo(ScoringJobTest.expected(model, 0, 100));
    assertThat(succeed("--status", "--output", "hdfs:///out")).contains("published, exit code 0");
    assertThat(succeed("--recover", "--output", "hdfs:///out")).contains("Nothing to recover");
  }

  @Test
  void pathsWithoutASchemeAreOnTheDefaultFileSystem() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("plain-models"));
    String model = packages.binary().toString();
    try (FileSystem hdfs = cluster.getFileSystem()) {
      hdfs.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(packages.store().toString()),
          new org.apache.hadoop.fs.Path("/plain/models"));
      Path local = directory.resolve("only-local");
      Parcels.write(local, 0, 10, 0, 1);
      Parcels.write(hdfs.getHomeDirectory() + "/in/day=1", 0, 60, 1);

      succeed(
          "--model",
          "/plain/models/%s@champion".formatted(TestPackages.BINARY),
          "--input",
          "in",
          "--output",
          directory + "/scores",
          "--keys",
          "parcel_id");

      Location output = Location.of(cluster.getURI() + directory.toString() + "/scores");
      assertThat(directory.resolve("scores")).doesNotExist();
      assertThat(directory.resolve("_paritree")).doesNotExist();
      assertThat(Scores.of(output.toString())).isEqualTo(ScoringJobTest.expected(model, 0, 60));
      assertThat(succeed("--status", "--output", directory + "/scores"))
          .contains("Output " + output, "published, exit code 0");

      Path log = directory.resolve("refused.log");
      Process refused =
          start(
              log,
              "--model",
              "file:" + model,
              "--input",
              local,
              "--output",
              "/scores",
              "--keys",
              "parcel_id");
      assertThat(JobProcess.exitCode(refused)).isEqualTo(3);
      assertThat(Files.readString(log))
          .contains("there is no input %s%s ".formatted(cluster.getURI(), local), "fs.defaultFS");
    }
  }

  @Test
  void recordOfARunThatPublishedNothingIsBesideItsLocalOutput() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("local-models"));
    Path input = directory.resolve("local-in");
    Parcels.write(input, 0, 10, 0, 1);
    Path local = directory.resolve("local");
    String output = "file:" + local.resolve("scores");
    List<Object> run =
        List.of(
            "--model",
            "file:" + packages.binary(),
            "--input",
            "file:" + input,
            "--output",
            output,
            "--keys",
            "parcel_id");
    succeed(run.toArray());
    succeed(run.toArray());

    assertThat(succeed("--status", "--output", output)).contains("already_published, exit code 0");
    try (FileSystem hdfs = cluster.getFileSystem()) {
      assertThat(hdfs.exists(new org.apache.hadoop.fs.Path(local.toString()))).isFalse();
    }
  }

  private static String succeed(Object... arguments) throws Exception {
    Path log = directory.resolve("job.log");
    Process job = start(log, arguments);
    int exitCode = JobProcess.exitCode(job);
    assertThat(exitCode).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }

  private static Process start(Path log, Object... arguments) throws Exception {
    List<String> options = List.of("-Dspark.hadoop.fs.defaultFS=" + cluster.getURI());
    return JobProcess.startPackaged(options, log, arguments);
  }
}
