package io.paritree.spark.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The job in its own JVM, as {@code scripts/score} starts it without {@code SPARK_HOME}. */
final class JobProcess {
  private static final Path MODULE = Path.of(System.getProperty("paritree.root"), "spark-job");

  /** Options by which a JVM takes classes as compilers wrote them, see the root's pom.xml. */
  static final String[] UNVERIFIED = {
    "-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"
  };

  /**
   * Options of JVMs that have the tests' class path: those of the tests themselves, see pom.xml.
   */
  static final List<String> TESTED =
      List.of(
          "-Xms1g",
          "-XX:MetaspaceSize=256m",
          "-XX:+UseParallelGC",
          UNVERIFIED[0],
          UNVERIFIED[1],
          "-XX:+UnlockExperimentalVMOptions",
          "-XX:SymbolTableSize=524288");

  /** The collector that takes least of the CPU in JVMs that run briefly. */
  static final String COLLECTOR = "-XX:+UseSerialGC";

  private JobProcess() {}

  /** Returns the job's jar, as the build has packaged it. */
  static Path jar() {
    return MODULE.resolve("target/paritree-spark-job.jar");
  }

  /** Starts the packaged job beside Spark, whose classes are archived. */
  static Process startPackaged(List<String> javaOptions, Path log, Object... arguments)
      throws IOException, InterruptedException {
    return startPackaged("", javaOptions, log, ScoreMain.class.getName(), arguments);
  }

  /**
   * Starts a main class beside the packaged job and Spark, whose classes are archived.
   *
   * @param more class path after theirs; empty for none
   */
  static Process startPackaged(
      String more, List<String> javaOptions, Path log, String main, Object... arguments)
      throws IOException, InterruptedException {
    SparkHome spark = SparkHome.ofTheBuild();
    List<String> options = new ArrayList<>(javaOptions);
    options.add(spark.archived());
    options.add(COLLECTOR);
    List<String> classPath = new ArrayList<>(List.of(spark.classPath(), jar().toString()));
    if (!more.isEmpty()) {
      classPath.add(more);
    }

    String separator = System.getProperty("path.separator");
    return start(String.join(separator, classPath), options, log, main, arguments);
  }

  /** Starts a main class on a class path, with Spark's flags. */
  static Process start(
      String classPath, List<String> javaOptions, Path log, String main, Object... arguments)
      throws IOException {
    return start(command(javaHome(), classPath, javaOptions, main, arguments), log);
  }

  /** Starts a main class with the Java that is in a directory. */
  static Process start(
      Path javaHome,
      String classPath,
      List<String> javaOptions,
      Path log,
      String main,
      Object... arguments)
      throws IOException {
    return start(command(javaHome, classPath, javaOptions, main, arguments), log);
  }

  /** Starts a command whose output goes to a file. */
  static Process start(List<String> command, Path log) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Returns the directory of the Java that runs this. */
  static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  /** Returns the command that runs a main class on a class path, with Spark's flags. */
  static List<String> command(
      Path javaHome, String classPath, List<String> javaOptions, String main, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.add("@" + flags());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dspark.master=local[2]",
            "-Dspark.ui.enabled=false",
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1"));
    command.addAll(javaOptions);
    command.addAll(List.of("-classpath", classPath, main));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }

    return command;
  }

  /** Returns the file of the JVM flags that Spark's own launcher sets. */
  static Path flags() {
    return MODULE.resolve("target/spark.flags");
  }

  /** Returns the jars of Spark. */
  static List<String> sparkJars() throws IOException {
    String all = Files.readString(MODULE.resolve("target/spark.classpath"), StandardCharsets.UTF_8);
    return List.of(all.strip().split(System.getProperty("path.separator")));
  }

  /** Returns the job's jar and the jars of Spark. */
  static String packaged() throws IOException {
    String separator = System.getProperty("path.separator");
    return jar() + separator + String.join(separator, sparkJars());
  }

  /** Returns the jars of Delta, which is not part of Spark. */
  static String delta() {
    String separator = System.getProperty("path.separator");
    return Stream.of(System.getProperty("java.class.path").split(separator))
        .filter(jar -> jar.matches(".*/io/(delta|unitycatalog)/.*"))
        .collect(Collectors.joining(separator));
  }

  /** Waits for a process, and returns its exit code. */
  static int exitCode(Process process) throws InterruptedException, IOException {
    if (!process.waitFor(600, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("The job's process did not end within 600 s");
    }

    return process.exitValue();
  }
}
