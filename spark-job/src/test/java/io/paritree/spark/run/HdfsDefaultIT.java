package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.HdfsCluster;
import io.paritree.model.TestPackages;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code hdfs:///dir} is on the HDFS that Spark's settings name, for models and status too. One
 * driver scores for all tests, and another one, which has not scored, answers what became of that.
 */
@Tag("clusters")
class HdfsDefaultIT {
  @TempDir static Path directory;
  private static MiniDFSCluster cluster;
  private static Path onlyLocal;
  private static String model;
  private static List<Ended> scored;
  private static List<Ended> asked;

  /**
   * How a run of a driver ended.
   *
   * @param text what it has printed
   */
  private record Ended(String text, int exitCode) {}

  @BeforeAll
  static void start() throws Exception {
    cluster = HdfsCluster.start(new Configuration(), directory.resolve("hdfs"));
    TestPackages packages = new TestPackages(directory.resolve("models"));
    model = packages.binary().toString();
    onlyLocal = directory.resolve("only-local");
    Parcels.write(onlyLocal, 0, 10, 0, 1);
    try (FileSystem hdfs = cluster.getFileSystem()) {
      for (String store : List.of("/models", "/plain/models")) {
        hdfs.mkdirs(new org.apache.hadoop.fs.Path(store).getParent());
        hdfs.copyFromLocalFile(
            new org.apache.hadoop.fs.Path(packages.store().toString()),
            new org.apache.hadoop.fs.Path(store));
      }

      Parcels.write(cluster.getURI() + "/in/day=1", 0, 60, 1);
      Parcels.write(cluster.getURI() + "/in/day=2", 60, 100, 1);
      Parcels.write(hdfs.getHomeDirectory() + "/in/day=1", 0, 60, 1);
    }

    String alias = "/models/%s@champion".formatted(TestPackages.BINARY);
    List<Object> beside = scoring("file:" + model, "file:" + onlyLocal, localOutput());
    scored =
        driver(
            scoring("hdfs://" + alias, "hdfs:///in", "hdfs:///out"),
            scoring("/plain" + alias, "in", plainOutput()),
            scoring("file:" + model, onlyLocal, "/scores"),
            beside,
            beside);
    asked =
        driver(
            List.of("--status", "--output", "hdfs:///out"),
            List.of("--recover", "--output", "hdfs:///out"),
            List.of("--status", "--output", plainOutput()),
            List.of("--status", "--output", localOutput()));
  }

  private static String plainOutput() {
    return directory + "/scores";
  }

  private static String localOutput() {
    return "file:" + directory.resolve("local/scores");
  }

  private static List<Object> scoring(Object model, Object input, Object output) {
    return List.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");
  }

  /** Runs the job with some arguments after others, all in one driver. */
  @SafeVarargs
  private static List<Ended> driver(List<Object>... runs) throws Exception {
    Path program = directory.resolve("program.jar");
    PackagedJob.write(program, List.of(JobRuns.class.getName().replace('.', '/') + ".class"));
    List<Object> arguments = new ArrayList<>();
    for (List<Object> run : runs) {
      arguments.addAll(arguments.isEmpty() ? List.of() : List.of(JobRuns.THEN));
      arguments.addAll(run);
    }

    Path log = Files.createTempFile(directory, "driver", ".log");
    Process driver =
        JobProcess.startPackaged(
            program.toString(),
            List.of("-Dspark.hadoop.fs.defaultFS=" + cluster.getURI()),
            log,
            JobRuns.class.getName(),
            arguments.toArray());
    assertThat(JobProcess.exitCode(driver)).as(Files.readString(log)).isZero();
    List<Ended> ended = new ArrayList<>();
    Matcher run = Pattern.compile("(?ms)(.*?)^exit code ([0-9])$").matcher(Files.readString(log));
    while (run.find()) {
      ended.add(new Ended(run.group(1), Integer.parseInt(run.group(2))));
    }

    assertThat(ended).as(Files.readString(log)).hasSize(runs.length);
    return ended;
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  private static String succeeded(Ended run) {
    assertThat(run.exitCode()).as(run.text()).isZero();
    return run.text();
  }

  @Test
  void modelInputAndOutputNeedNotNameTheirHost() throws Exception {
    assertThat(succeeded(scored.get(0))).contains("day=1", "day=2");
    Location output = Location.of(cluster.getURI() + "/out");
    assertThat(Set.copyOf(new PublishedOutput(output).names())).isEqualTo(Set.of("day=1", "day=2"));
    assertThat(Scores.of(output.toString())).isEqualTo(ScoringJobTest.expected(model, 0, 100));
    assertThat(succeeded(asked.get(0))).contains("published, exit code 0");
    assertThat(succeeded(asked.get(1))).contains("Nothing to recover");
  }

  @Test
  void pathsWithoutASchemeAreOnTheDefaultFileSystem() throws Exception {
    succeeded(scored.get(1));
    Location output = Location.of(cluster.getURI() + plainOutput());
    assertThat(directory.resolve("scores")).doesNotExist();
    assertThat(directory.resolve("_paritree")).doesNotExist();
    assertThat(Scores.of(output.toString())).isEqualTo(ScoringJobTest.expected(model, 0, 60));
    assertThat(succeeded(asked.get(2))).contains("Output " + output, "published, exit code 0");

    Ended refused = scored.get(2);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.text())
        .contains("there is no input %s%s ".formatted(cluster.getURI(), onlyLocal), "fs.defaultFS");
  }

  @Test
  void recordOfARunThatPublishedNothingIsBesideItsLocalOutput() throws Exception {
    succeeded(scored.get(3));
    succeeded(scored.get(4));

    assertThat(succeeded(asked.get(3))).contains("already_published, exit code 0");
    Path local = directory.resolve("local");
    try (FileSystem hdfs = cluster.getFileSystem()) {
      assertThat(hdfs.exists(new org.apache.hadoop.fs.Path(local.toString()))).isFalse();
    }
  }
}
