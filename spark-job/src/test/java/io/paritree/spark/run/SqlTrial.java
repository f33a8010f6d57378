package io.paritree.spark.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * Runs {@link SqlProgram} with any Spark, with executors in JVMs of their own that get the job's
 * jar by {@code --jars}, and compares its rows and bits with those of the build's Spark.
 */
final class SqlTrial {
  private static final String SECRET = "0pen-sesame";
  private static final List<String> OUTPUTS = List.of("sql", "dataset");

  private final Path directory;
  private final Path program;
  private final Path input;
  private final Map<String, List<String>> expected = new TreeMap<>();

  /**
   * Makes the input, and scores it with the build's Spark.
   *
   * @param directory receives inputs and outputs
   */
  SqlTrial(Path directory, int rows, int files) throws Exception {
    this.directory = Files.createDirectories(directory);
    this.program = directory.resolve("program.jar");
    PackagedJob.write(program, List.of(SqlProgram.class.getName().replace('.', '/') + ".class"));
    this.input = Parcels.write(directory.resolve("in"), 0, rows, 50, files);
    Path outputs = directory.resolve("expected");
    SqlProgram.run(
        TestSpark.session().newSession(), VersionTrial.MODEL.toString(), input.toString(), outputs);
    for (String output : OUTPUTS) {
      expected.put(output, rows(outputs.resolve(output)));
    }
  }

  /** Returns the rows of an output as texts, sorted. */
  static List<String> rows(Path output) {
    return TestSpark.session().read().parquet(output.toString()).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  /**
   * Returns settings of Spark for {@link #arguments}.
   *
   * @param name of the directory for outputs
   */
  List<String> settings(String name) throws IOException {
    return List.of(
        "spark.ui.enabled=false",
        "spark.executor.memory=1g",
        "spark.driver.host=127.0.0.1",
        "spark.driver.bindAddress=127.0.0.1",
        "spark.hadoop.fs.s3a.secret.key=" + SECRET,
        "spark.eventLog.enabled=true",
        "spark.eventLog.compress=false",
        "spark.eventLog.dir=" + Files.createDirectories(events(name)).toUri());
  }

  private Path events(String name) {
    return directory.resolve(name + "-events");
  }

  /** Returns the jar with the program. */
  Path program() {
    return program;
  }

  /** Returns the arguments of the program. */
  List<String> arguments(String name) throws IOException {
    Path outputs = Files.createDirectories(directory.resolve(name));
    return List.of(VersionTrial.MODEL.toString(), input.toString(), outputs.toString());
  }

  /**
   * Submits the program.
   *
   * @param more settings of Spark
   * @return what was wrong; empty if nothing was
   */
  List<String> faults(String name, SparkHome home, Path javaHome, List<String> more)
      throws IOException, InterruptedException {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(home.program("spark-submit").toString());
    command.addAll(List.of("--master", "local-cluster[2,1,1024]"));
    Stream.concat(settings(name).stream(), more.stream())
        .forEach(setting -> command.addAll(List.of("--conf", setting)));
    command.addAll(SparkHome.settings(List.of("-XX:TieredStopAtLevel=1")));
    command.addAll(List.of("--jars", JobProcess.jar().toString()));
    command.addAll(List.of("--class", SqlProgram.class.getName(), program.toString()));
    command.addAll(arguments(name));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.resolve(name).toFile());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    int exitCode = JobProcess.exitCode(builder.start());
    if (exitCode != 0) {
      return List.of("sql: exit code %s, see %s".formatted(exitCode, log));
    }

    return faults(name, log);
  }

  /** Returns what was wrong with what the program has written. */
  List<String> faults(String name, Path log) throws IOException {
    List<String> faults = new ArrayList<>();
    for (String output : OUTPUTS) {
      if (!rows(directory.resolve(name).resolve(output)).equals(expected.get(output))) {
        faults.add("%s: other rows or bits".formatted(output));
      }
    }

    String events = texts(events(name));
    if (Files.readString(log).contains(SECRET) || events.contains(SECRET)) {
      faults.add("a credential is in the log or the event log of %s".formatted(name));
    }

    if (!events.contains("digest")) {
      faults.add("no plan is in the event log of %s".formatted(name));
    }

    return faults;
  }

  /** Returns whether a text occurs in the plans of the program's queries. */
  boolean isInPlans(String text, String name) throws IOException {
    return texts(events(name)).contains(text);
  }

  private static String texts(Path directory) throws IOException {
    StringBuilder texts = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }

    return texts.toString();
  }
}
