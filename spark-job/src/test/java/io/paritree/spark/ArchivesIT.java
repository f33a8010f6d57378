package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of classes that the real scripts make and use, with the packaged programs. */
class ArchivesIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final String MAKING = "Making an archive of classes";

  /** All these programs run too briefly for the JVM's second compiler. */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  @TempDir private static Path shared;
  private static Path model;
  private static Path made; // a directory of archives that a first run has filled
  private static Ran plain; // a command that ran without an archive

  @TempDir Path directory;
  private Path archives;

  /**
   * How a script ended.
   *
   * @param classes where the JVM had its classes from
   */
  private record Ran(int exitCode, String out, String err, String classes) {
    /** Whether the program's main class came from an archive. */
    boolean used(Class<?> main) {
      return used(main.getName());
    }

    boolean used(String main) {
      return classes.lines().anyMatch(line -> line.contains(main + " source: shared objects"));
    }
  }

  private static final String MODEL_MAIN = "io.paritree.model.command.ModelMain";

  @BeforeAll
  static void makeOne() throws Exception {
    model = new TestPackages(shared.resolve("store")).binary();
    made = Files.createDirectory(shared.resolve("archives"));
    plain = inspect("off", Map.of());
    assertThat(plain.exitCode()).as(plain.err()).isZero();
    assertThat(plain.err()).isEmpty();

    Ran first = inspect(made.toString(), Map.of());

    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).isEqualTo(plain.out());
    assertThat(first.err().lines()).singleElement().asString().startsWith(MAKING);
    assertThat(files(made)).hasSize(1);
  }

  @BeforeEach
  void copy() throws IOException {
    archives = Files.createDirectory(directory.resolve("archives"));
    Path archive = files(made).get(0);
    Files.copy(archive, archives.resolve(archive.getFileName()));
  }

  @Test
  void laterRunsHaveTheirClassesFromTheArchiveAndSayNothingOfIt() throws Exception {
    Ran later = inspect(made.toString(), Map.of());

    assertSame(later);
    assertThat(later.used(MODEL_MAIN)).isTrue();
    assertThat(plain.used(MODEL_MAIN)).isFalse();
  }

  @Test
  void sizesPropertiesAndAConfigurationOfHadoopNeedNoOtherArchive() throws Exception {
    Path hadoop = Files.createDirectory(directory.resolve("hadoop"));
    Files.writeString(hadoop.resolve("core-site.xml"), "<configuration/>");

    Ran later =
        inspect(
            archives.toString(),
            Map.of("PARITREE_JAVA_OPTS", "-Xmx300m -Da=b", "HADOOP_CONF_DIR", hadoop.toString()));

    assertSame(later);
    assertThat(later.used(MODEL_MAIN)).isTrue();
    assertThat(files(archives)).hasSize(1);
  }

  @Test
  void optionsThatAnArchiveDependsOnHaveAnArchiveOfTheirOwn() throws Exception {
    Ran other = inspect(archives.toString(), Map.of("PARITREE_JAVA_OPTS", "-XX:+UseSerialGC"));

    assertThat(other.out()).isEqualTo(plain.out());
    assertThat(other.err()).startsWith(MAKING);
    assertThat(files(archives)).hasSize(2);
  }

  @Test
  void whatOthersCanWriteIsNeitherUsedNorMade() throws Exception {
    for (String open : List.of("rwxrwxr-x", "rwxr-xrwx")) {
      Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString(open));

      Ran refused = inspect(archives.toString(), Map.of());
      Ran otherOptions =
          inspect(archives.toString(), Map.of("PARITREE_JAVA_OPTS", "-XX:+UseSerialGC"));

      assertSame(refused);
      assertThat(refused.used(MODEL_MAIN)).isFalse();
      assertSame(otherOptions);
      assertThat(files(archives)).hasSize(1);
    }
  }

  @Test
  void damagedArchivesChangeNothing() throws Exception {
    Path archive = files(archives).get(0);
    archive.toFile().setWritable(true);
    byte[] whole = Files.readAllBytes(archive);
    for (int missing : new int[] {4_096, whole.length}) {
      Arrays.fill(whole, 0, missing, (byte) 0); // a JVM writes the beginning last
      Files.write(archive, whole);

      assertSame(inspect(archives.toString(), Map.of()));
    }

    Files.write(archive, new byte[] {1});
    assertSame(inspect(archives.toString(), Map.of()));
  }

  @Test
  void placeThatTakesNoArchiveChangesNothing() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertSame(inspect(file.toString(), Map.of()));
    assertSame(inspect(file.resolve("below").toString(), Map.of()));
    assertThat(file).isEmptyFile();
  }

  @Test
  void whatCannotBeMadeIsTriedOnce() throws Exception {
    Path empty = directory.resolve("limited");
    String limited = "ulimit -f 2000; exec \"$0\" \"$@\""; // a file of 2 MB is as a full disk
    List<String> before = List.of("bash", "-c", limited);

    Ran first = run(before, "model", empty.toString(), Map.of(), inspecting());
    Ran second = run(before, "model", empty.toString(), Map.of(), inspecting());

    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).isEqualTo(plain.out());
    assertThat(first.err().lines()).singleElement().asString().startsWith(MAKING);
    assertSame(second);
    assertThat(files(empty)).noneMatch(file -> file.toString().endsWith(".archive"));
  }

  @Test
  void killedMakingLeavesNothingAndTheNextRunMakesIt() throws Exception {
    Path empty = directory.resolve("interrupted");
    Process process = builder(List.of(), "model", empty.toString(), Map.of(), inspecting()).start();
    assertThat(process.errorReader().readLine()).startsWith(MAKING);
    process.destroy(); // SIGTERM

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(files(empty)).noneMatch(file -> file.toString().matches(".*archive(\\.[0-9]+)?"));

    assertThat(inspect(empty.toString(), Map.of()).err()).startsWith(MAKING);
  }

  @Test
  void jobIsArchivedWithItsSparkAndPublishesTheSame() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 200, 0, 1);
    Path jobs = directory.resolve("jobs");

    Ran help = run(List.of(), "score", jobs.toString(), Map.of(), "--help");
    for (int start = 1; start < 3; start++) { // the third one makes it
      Ran refused = run(List.of(), "score", jobs.toString(), Map.of(), "--nonsense");
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
    assertThat(second.used(ScoreMain.class)).isTrue();
    assertThat(second.used("org.apache.spark.sql.execution.FileSourceScanExec")).isTrue();
    assertThat(Scores.of(TestSpark.session().read().parquet(directory + "/second")))
        .isEqualTo(Scores.of(TestSpark.session().read().parquet(directory + "/first")));
    assertThat(files(jobs)).hasSize(1);
  }

  private Ran score(Path jobs, Path input, String output) throws Exception {
    return run(
        List.of(),
        "score",
        jobs.toString(),
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

  private static void assertSame(Ran ran) {
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo(plain.out());
    assertThat(ran.err()).isEmpty();
  }

  private static String[] inspecting() {
    return new String[] {"inspect", "--model", model.toString()};
  }

  private static Ran inspect(String archives, Map<String, String> environment) throws Exception {
    return run(List.of(), "model", archives, environment, inspecting());
  }

  private static ProcessBuilder builder(
      List<String> before,
      String script,
      String archives,
      Map<String, String> environment,
      String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(ROOT.resolve("scripts").resolve(script).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> all = builder.environment();
    List.of("SPARK_HOME", "HADOOP_CONF_DIR", "PARITREE_CLASSPATH", "PARITREE_SPARK_OPTS")
        .forEach(all::remove);
    all.put("PARITREE_BUILT", "1");
    all.put("PARITREE_ARCHIVES", archives);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    all.putAll(environment);
    return builder;
  }

  private static Ran run(
      List<String> before,
      String script,
      String archives,
      Map<String, String> environment,
      String... arguments)
      throws Exception {
    Path classes = Files.createTempFile(shared, "classes", ".log");
    Path err = Files.createTempFile(shared, "err", ".log");
    Map<String, String> all = new HashMap<>(environment);
    all.merge(
        "PARITREE_JAVA_OPTS",
        FIRST_COMPILER + " -Xlog:class+load:file=" + classes,
        (given, log) -> given + " " + log);
    Process process =
        builder(before, script, archives, all, arguments).redirectError(err.toFile()).start();
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
