package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One jar has what it calls in every supported Spark, and publishes the same rows and bits with the
 * oldest; all other tests run with the newest.
 */
@Tag("clusters")
class SparkVersionsIT {
  private static final String OLDEST = Compatibility.LINES.get(0);

  @TempDir static Path directory;

  /** The build's own Spark is in all other tests. */
  static List<String> others() {
    return Compatibility.LINES.subList(1, Compatibility.LINES.size() - 1);
  }

  /** The room's own calls show that the search finds what is not there. */
  @Test
  void onlyTheRoomForVersionsCallsWhatTheOldestVersionLacks() throws Exception {
    assertThat(assertThatOnlyTheRoomForVersionsCallsWhatItLacks(OLDEST))
        .anyMatch(problem -> problem.contains("SizeStatistics"));
  }

  @ParameterizedTest
  @MethodSource("others")
  @Tag("nightly")
  void onlyTheRoomForVersionsCallsWhatAnotherVersionLacks(String version) throws Exception {
    assertThatOnlyTheRoomForVersionsCallsWhatItLacks(version);
  }

  /** Returns what the rooms for versions call and it lacks. */
  private static Set<String> assertThatOnlyTheRoomForVersionsCallsWhatItLacks(String version)
      throws Exception {
    Set<String> lacking =
        Linkage.problems(JobProcess.jar(), SparkHome.resolved(version).jars(), "io.paritree.");
    assertThat(lacking)
        .allMatch(
            problem ->
                problem.startsWith("io.paritree.spark.versions.")
                    || problem.startsWith("io.paritree.spark.tables.delta.DeltaKernel"));
    return lacking;
  }

  /** Without it, Spark would read the log, in more time. Delta for Spark 3.5 does not have it. */
  @ParameterizedTest
  @MethodSource("others")
  @Tag("nightly")
  void everyVersionButTheOldestHasDeltaKernelAsItIsCalled(String version) throws Exception {
    assertThat(problemsOfDeltaKernel(version)).isEmpty();
    assertThat(problemsOfDeltaKernel(OLDEST)).isNotEmpty();
  }

  private static Set<String> problemsOfDeltaKernel(String version) throws Exception {
    return Linkage.problems(
        JobProcess.jar(),
        SparkHome.resolved(version).jars(),
        "io.paritree.spark.tables.delta.DeltaKernel");
  }

  @Test
  void theOldestVersionHasTheFieldsOfDictionaries() throws Exception {
    assertHasFieldsOfDictionaries(OLDEST);
  }

  @ParameterizedTest
  @MethodSource("others")
  @Tag("nightly")
  void everyVersionHasTheFieldsOfDictionaries(String version) throws Exception {
    assertHasFieldsOfDictionaries(version);
  }

  /** Without them, the job would be slower, not wrong, so that nothing else fails. */
  private static void assertHasFieldsOfDictionaries(String version) throws Exception {
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
  @Tag("nightly")
  void anOlderSparkIsRefusedInASentence() throws Exception {
    Path log = directory.resolve("older.log");

    Process job = withSparksVersion("3.4.4", log);

    assertThat(JobProcess.exitCode(job)).isEqualTo(3);
    assertThat(Files.readString(log))
        .contains("Cannot score on Spark 3.4.4: the job needs Spark 3.5");
    assertThat(directory.resolve("with-3.4.4")).doesNotExist();
  }

  @Test
  @Tag("nightly")
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
   * In one driver, whose start takes longer than its runs. Each in a driver of its own, with the
   * other versions, other inputs, runs that are repeated or killed, and the functions for SQL, has
   * its turn in {@code scripts/compat}.
   */
  @Test
  void theOldestVersionPublishesTheSameRowsAndBits() throws Exception {
    VersionTrial trial = new VersionTrial(directory);
    List<Object> words = new ArrayList<>();
    List<VersionTrial.Run> runs = Forms.some(2, trial.runs(OLDEST));
    for (VersionTrial.Run run : runs) {
      words.addAll(JobSeries.run(run.settings(), run.arguments()));
    }

    Path log = directory.resolve("oldest.log");

    Process program =
        submitted(SparkHome.resolved(OLDEST), List.of(trial.keyService()), log, words);

    assertThat(JobProcess.exitCode(program)).as(Files.readString(log)).isZero();
    assertThat(trial.faults(OLDEST, runs)).isEmpty();
  }

  private static Process submitted(SparkHome home, List<Path> jars, Path log, List<Object> words)
      throws IOException {
    Path program = directory.resolve("program.jar");
    PackagedJob.write(program, List.of(JobSeries.class.getName().replace('.', '/') + ".class"));
    List<String> all = new ArrayList<>(List.of(JobProcess.jar().toString()));
    jars.forEach(jar -> all.add(jar.toString()));
    List<String> command = new ArrayList<>(List.of(home.program("spark-submit").toString()));
    command.addAll(List.of("--master", "local[2]", "--jars", String.join(",", all)));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(SparkHome.settings(List.of("-XX:TieredStopAtLevel=1")));
    command.addAll(List.of("--class", JobSeries.class.getName(), program.toString()));
    words.forEach(word -> command.add(word.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", JobProcess.javaHome().toString());
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }
}
