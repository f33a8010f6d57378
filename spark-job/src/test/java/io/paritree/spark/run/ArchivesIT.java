package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive of classes that the real script makes of the packaged job and uses. */
class ArchivesIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final String MAKING = "Making an archive of classes";

  /** All these programs run too briefly for the JVM's second compiler. */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  @TempDir private static Path shared;
  private static Path model;

  @TempDir Path directory;

  /**
   * How a script ended.
   *
   * @param classes where the JVM had its classes from
   */
  private record Ran(int exitCode, String out, String err, String classes) {
    /** Whether a class came from an archive. */
    boolean used(String name) {
      return classes.lines().anyMatch(line -> line.contains(name + " source: shared objects"));
    }
  }

  @BeforeAll
  static void seal() {
    model = new TestPackages(shared.resolve("store")).binary();
  }

  /** Needs much of the CPU: all classes that Spark loads are archived. */
  @Test
  @Tag("nightly")
  void jobIsArchivedWithItsSparkAndPublishesTheSame() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 200, 0, 1);
    Path jobs = directory.resolve("jobs");

    Ran help = run(jobs, Map.of(), "--help");
    for (int start = 1; start < 3; start++) { // the third one makes it
      Ran refused = run(jobs, Map.of(), "--nonsense");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).doesNotContain(MAKING);
    }

    Ran first = score(jobs, input, "first");
    Ran second = score(jobs, input, "second");

    assertThat(help.out()).contains("Usage");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(help.err()).doesNotContain(MAKING);
    assertThat(first.err()).startsWith(MAKING);
    assertThat(second.err()).doesNotContain(MAKING, "[cds]", "[warning]");
    assertThat(second.used(ScoreMain.class.getName())).isTrue();
    assertThat(second.used("org.apache.spark.sql.execution.FileSourceScanExec")).isTrue();
    assertThat(Scores.of(TestSpark.session().read().parquet(directory + "/second")))
        .isEqualTo(Scores.of(TestSpark.session().read().parquet(directory + "/first")));
    assertThat(files(jobs)).hasSize(1);
  }

  @Test
  @Tag("nightly")
  void whatCannotBeMadeIsTriedOnce() throws Exception {
    Path jobs = directory.resolve("limited");
    String limited = "ulimit -f 2000; exec \"$0\" \"$@\""; // a file of 2 MB is as a full disk
    List<String> before = List.of("bash", "-c", limited);
    List<Ran> starts = new ArrayList<>();
    for (int start = 0; start < 4; start++) {
      starts.add(run(before, jobs, Map.of(), "--nonsense"));
    }

    assertThat(starts).extracting(Ran::exitCode).containsOnly(2);
    assertThat(starts.get(2).err()).startsWith(MAKING);
    assertThat(starts.get(3).err()).doesNotContain(MAKING);
    assertThat(files(jobs)).noneMatch(file -> file.toString().endsWith(".archive"));
  }

  private Ran score(Path jobs, Path input, String output) throws Exception {
    return run(
        jobs,
        Map.of("HADOOP_CONF_DIR", Files.createDirectories(directory.resolve("conf")).toString()),
        "--model",
        model.toString(),
        "--input",
        input.toString(),
        "--output",
        directory.resolve(output).toString(),
        "--keys",
        "parcel_id");
  }

  private static Ran run(Path archives, Map<String, String> environment, String... arguments)
      throws Exception {
    return run(List.of(), archives, environment, arguments);
  }

  private static Ran run(
      List<String> before, Path archives, Map<String, String> environment, String... arguments)
      throws Exception {
    Path classes = Files.createTempFile(shared, "classes", ".log");
    Path err = Files.createTempFile(shared, "err", ".log");
    List<String> command = new ArrayList<>(before);
    command.add(ROOT.resolve("scripts/score").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    Map<String, String> all = builder.environment();
    List.of("SPARK_HOME", "HADOOP_CONF_DIR", "PARITREE_CLASSPATH", "PARITREE_SPARK_OPTS")
        .forEach(all::remove);
    all.put("PARITREE_BUILT", "1");
    all.put("PARITREE_ARCHIVES", archives.toString());
    all.put("PARITREE_JAVA_OPTS", FIRST_COMPILER + " -Xlog:class+load:file=" + classes);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out, Files.readString(err), Files.readString(classes));
  }

  private static List<Path> files(Path archives) throws IOException {
    try (Stream<Path> files = Files.list(archives)) {
      return files.toList();
    }
  }
}
