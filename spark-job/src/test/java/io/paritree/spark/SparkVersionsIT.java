package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One jar runs on every supported Spark, and publishes the same rows and bits. */
@Tag("clusters")
class SparkVersionsIT {
  @TempDir static Path directory;
  private static VersionTrial trial;
  private static SqlTrial sqlTrial;

  @BeforeAll
  static void scoreWithTheBuildsSpark() throws Exception {
    trial = new VersionTrial(directory);
    sqlTrial = new SqlTrial(directory.resolve("sql"), 2_000, 3);
  }

  /** The build's own Spark is in all other tests. */
  static List<String> others() {
    return Compatibility.LINES.subList(0, Compatibility.LINES.size() - 1);
  }

  @ParameterizedTest
  @MethodSource("others")
  void onlyTheRoomForVersionsCallsWhatAnotherVersionLacks(String version) throws Exception {
    SparkHome home = SparkHome.resolved(version);

    assertThat(
            Linkage.problems(
                JobProcess.jar(),
                home.jars(),
                "io.paritree.",
                "io.paritree.spark.versions.",
                "io.paritree.spark.delta.DeltaKernel"))
        .isEmpty();
  }

  @Test
  void theSearchFindsWhatTheOldestVersionLacks() throws Exception {
    SparkHome oldest = SparkHome.resolved(Compatibility.LINES.get(0));

    assertThat(Linkage.problems(JobProcess.jar(), oldest.jars(), "io.paritree.spark.versions."))
        .anyMatch(problem -> problem.contains("SizeStatistics"));
  }

  /** Without it, Spark would read the log, in more time. Delta for Spark 3.5 does not have it. */
  @ParameterizedTest
  @MethodSource("others")
  void everyVersionButTheOldestHasDeltaKernelAsItIsCalled(String version) throws Exception {
    Set<String> problems =
        Linkage.problems(
            JobProcess.jar(),
            SparkHome.resolved(version).jars(),
            "io.paritree.spark.delta.DeltaKernel");

    assertThat(problems.isEmpty()).as(problems.toString()).isEqualTo(!version.startsWith("3."));
  }

  /** Without them, the job would be slower, not wrong, so that nothing else fails. */
  @ParameterizedTest
  @MethodSource("others")
  void everyVersionHasTheFieldsOfDictionaries(String version) throws Exception {
    List<URL> jars = new ArrayList<>();
    for (Path jar : SparkHome.resolved(version).jars()) {
      jars.add(jar.toUri().toURL());
    }

    jars.add(JobProcess.jar().toUri().toURL());
    try (URLClassLoader loader =
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThat(
              loader
                  .loadClass("io.paritree.spark.versions.VectorDictionary")
                  .getMethod("isKnown")
                  .invoke(null))
          .isEqualTo(true);
    }
  }

  @Test
  void anOlderSparkIsRefusedInASentence() throws Exception {
    Path log = directory.resolve("older.log");

    Process job = withSparksVersion("3.4.4", log);

    assertThat(JobProcess.exitCode(job)).isEqualTo(3);
    assertThat(Files.readString(log))
        .contains("Cannot score on Spark 3.4.4: the job needs Spark 3.5");
    assertThat(directory.resolve("with-3.4.4")).doesNotExist();
  }

  @Test
  void aNewerSparkIsTriedWithAWarning() throws Exception {
    Path log = directory.resolve("newer.log");

    Process job = withSparksVersion("5.0.0", log);

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("Spark 5.0.0 is newer than 4.2");
    assertThat(Scores.of(directory.resolve("with-5.0.0"))).hasSize(100);
  }

  /** Starts the job with the build's Spark, which takes itself for another one. */
  private static Process withSparksVersion(String version, Path log) throws IOException {
    Path other = Files.createDirectories(directory.resolve("version-" + version));
    Files.writeString(other.resolve("spark-version-info.properties"), "version=" + version);
    Path input = directory.resolve("parcels");
    if (!Files.exists(input)) {
      Parcels.write(input, 0, 100, 0, 1);
    }

    return JobProcess.start(
        other + System.getProperty("path.separator") + JobProcess.packaged(),
        List.of(),
        log,
        ScoreMain.class.getName(),
        "--model",
        VersionTrial.MODEL,
        "--input",
        input,
        "--output",
        directory.resolve("with-" + version),
        "--keys",
        "parcel_id");
  }

  /**
   * Two at a time: a short run is on one core for much of its time. Other inputs, and runs that are
   * repeated or killed, have their turn in {@code scripts/compat}.
   */
  @Test
  void everyVersionPublishesTheSameRowsAndBits() throws Exception {
    ExecutorService runs = Executors.newFixedThreadPool(2);
    try {
      List<Future<List<String>>> results = new ArrayList<>();
      for (String version : others()) {
        SparkHome home = SparkHome.resolved(version);
        results.add(
            runs.submit(
                () -> trial.faults(version, Compatibility.locally(home, JobProcess.javaHome()))));
      }

      for (Future<List<String>> result : results) {
        assertThat(result.get()).isEmpty();
      }
    } finally {
      runs.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("oldestAndNewest")
  void versionsScoreBySqlAndByDatasetWithTheSameBits(String version) throws Exception {
    SparkHome home = SparkHome.resolved(version);

    assertThat(sqlTrial.faults(version, home, JobProcess.javaHome())).isEmpty();
  }

  /** The other lines are between these, and take their turn in {@code scripts/compat}. */
  static List<String> oldestAndNewest() {
    return List.of(
        Compatibility.LINES.get(0), Compatibility.LINES.get(Compatibility.LINES.size() - 1));
  }
}
