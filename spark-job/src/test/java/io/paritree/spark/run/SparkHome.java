package io.paritree.spark.run;

import io.paritree.MavenClassPath;
import io.paritree.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A {@code SPARK_HOME} of Maven's jars, with which {@code spark-submit} works as with an installed
 * Spark.
 *
 * @param version of Spark
 * @param scala of its jars, such as {@code 2.13}
 */
record SparkHome(Path directory, String version, String scala) {
  private static final Path MODULE = Path.of(System.getProperty("paritree.root"), "spark-job");
  private static final Path SOURCE = MODULE.resolve("src/test/spark-home");
  private static final Map<String, SparkHome> RESOLVED = new HashMap<>();

  /** The versions of Iceberg that the job can use: the oldest, and the newest known. */
  static final List<String> ICEBERG = List.of("1.11.0", "1.12.0");

  /** Returns the Spark that the job is built against, with the jar that submits to YARN. */
  static SparkHome ofTheBuild() throws IOException {
    String separator = System.getProperty("path.separator");
    String yarn =
        Stream.of(
                Files.readString(MODULE.resolve("target/test.classpath")).strip().split(separator))
            .filter(jar -> jar.contains("/spark-yarn_"))
            .findFirst()
            .orElseThrow();
    String spark = Files.readString(MODULE.resolve("target/spark.classpath")).strip();
    return made(MODULE.resolve("target/spark-home"), spark + separator + yarn);
  }

  /**
   * Returns a Spark whose jars Maven resolves; the first time may take minutes.
   *
   * @param name its version, and, if it is not the usual one, that of Scala: {@code 3.5.9-2.13}
   */
  static SparkHome resolved(String name) throws IOException, InterruptedException {
    return withIceberg(name, ICEBERG.get(0));
  }

  /** As {@link #resolved}, with this Iceberg if there is one for it. */
  static synchronized SparkHome withIceberg(String name, String iceberg)
      throws IOException, InterruptedException {
    String key = name + " " + iceberg;
    SparkHome found = RESOLVED.get(key);
    if (found == null) {
      found =
          made(
              compat(name, Jars.SPARK),
              classPath(name, Jars.SPARK, List.of("-Diceberg.version=" + iceberg)));
      RESOLVED.put(key, found);
    }

    return found;
  }

  /** As {@link #resolved}, with this version of DataFusion Comet. */
  static SparkHome withComet(String name, String comet) throws IOException, InterruptedException {
    String artifact = "comet-spark-spark%s_%s".formatted(line(version(name)), scala(name));
    List<String> options =
        List.of(
            "-Dcomet=" + artifact,
            "-Dcomet.version=" + comet,
            "-Diceberg.version=" + ICEBERG.get(0));
    return made(compat(name, Jars.SPARK), classPath(name, Jars.SPARK, options));
  }

  /** As {@link #resolved}, with what a server of Spark Connect needs too. */
  static SparkHome withConnect(String name) throws IOException, InterruptedException {
    return made(compat(name, Jars.WITH_CONNECT), classPath(name, Jars.WITH_CONNECT));
  }

  /** Returns the class path of a client of such a server. */
  static String connectClient(String name) throws IOException, InterruptedException {
    return classPath(name, Jars.CONNECT_CLIENT).strip();
  }

  /** Which jars Maven resolves. */
  private enum Jars {
    SPARK("", List.of()),
    WITH_CONNECT("-connect", List.of("-Dconnect")),
    CONNECT_CLIENT("-client", List.of("-Dclient"));

    private final String suffix;
    private final List<String> options;

    Jars(String suffix, List<String> options) {
      this.suffix = suffix;
      this.options = options;
    }
  }

  private static Path compat(String name, Jars jars) {
    String directory = version(name) + "-" + scala(name);
    return MODULE.resolve("target/compat").resolve(directory + jars.suffix);
  }

  private static String version(String name) {
    return name.replaceFirst("-2\\.[0-9]+$", "");
  }

  private static String scala(String name) {
    String version = version(name);
    String usual = version.startsWith("3.") ? "2.12" : "2.13";
    return name.equals(version) ? usual : name.substring(version.length() + 1);
  }

  private static String classPath(String name, Jars jars) throws IOException, InterruptedException {
    return classPath(name, jars, List.of());
  }

  private static String classPath(String name, Jars jars, List<String> options)
      throws IOException, InterruptedException {
    String version = version(name);
    String scala = scala(name);
    List<String> all = new ArrayList<>();
    if (jars == Jars.SPARK && hasIceberg(version)) {
      all.add("-Diceberg=iceberg-spark-runtime-%s_%s".formatted(line(version), scala));
    }

    all.add("-Dspark=" + version);
    all.add("-Dscala=" + scala);
    all.add("-Ddelta=" + delta(version, scala));
    all.add("-Ddelta.version=" + (version.startsWith("3.") ? "3.3.2" : "4.4.0"));
    all.addAll(jars.options);
    all.addAll(options);
    return MavenClassPath.of(SOURCE.resolve("pom.xml"), all.toArray(String[]::new));
  }

  /** Returns the artifact of Delta for a Spark. */
  private static String delta(String version, String scala) {
    return version.startsWith("3.")
        ? "delta-spark_" + scala
        : "delta-spark_" + line(version) + "_" + scala;
  }

  private static String line(String version) {
    return version.replaceFirst("^(\\d+\\.\\d+)\\..*", "$1");
  }

  /** Returns whether Iceberg has a runtime for a Spark, which is then among its jars. */
  static boolean hasIceberg(String version) {
    return version.matches("(3\\.5|4\\.[01])\\..*");
  }

  /** Returns a directory with these jars; one that is there is taken, for others may use it. */
  private static SparkHome made(Path name, String classPath) throws IOException {
    String digest = Sha256.hex(classPath.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
    Path home = name.resolveSibling(name.getFileName() + "-" + digest);
    if (!Files.exists(home)) {
      Path making = Files.createTempDirectory(Files.createDirectories(home.getParent()), "making");
      fill(making, classPath);
      try {
        Files.move(making, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.exists(home)) { // by another JVM, meanwhile
          throw e;
        }
      }
    }

    String core =
        names(classPath).filter(jar -> jar.startsWith("spark-core_")).findFirst().orElseThrow();
    String[] words = core.replace("spark-core_", "").replace(".jar", "").split("-", 2);
    return new SparkHome(home, words[1], words[0]);
  }

  private static Stream<String> names(String classPath) {
    return Stream.of(classPath.strip().split(System.getProperty("path.separator")))
        .map(jar -> Path.of(jar).getFileName().toString());
  }

  private static void fill(Path home, String classPath) throws IOException {
    Path jars = Files.createDirectory(home.resolve("jars"));
    for (String jar : classPath.strip().split(System.getProperty("path.separator"))) {
      Path from = Path.of(jar);
      Files.createSymbolicLink(jars.resolve(from.getFileName()), from);
    }

    Path programs = Files.createDirectory(home.resolve("bin"));
    for (String script : List.of("spark-submit", "spark-class")) {
      Files.copy(
          SOURCE.resolve("bin").resolve(script),
          programs.resolve(script),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  /** Returns a program of it, such as {@code spark-submit}. */
  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /**
   * Returns what submits the job with it, by {@code scripts/score}.
   *
   * @param javaHome the Java that runs it
   * @param options of {@code spark-submit}, none with a space
   * @param arguments the job's arguments
   */
  ProcessBuilder score(Path javaHome, List<String> options, List<?> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("paritree.root"), "scripts", "score").toString());
    arguments.forEach(argument -> command.add(argument.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("SPARK_HOME", directory.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("PARITREE_BUILT", "1");
    builder.environment().put("PARITREE_SPARK_OPTS", String.join(" ", options));
    return builder;
  }

  /**
   * Returns the option of {@code java} by which its programs, and JVMs whose class path begins with
   * its own, read their classes from an archive; made by the Java that runs this.
   */
  String archived() throws IOException, InterruptedException {
    return ClassArchive.option(
        directory,
        (log, option, arguments) -> {
          List<String> options =
              List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");
          ProcessBuilder builder = score(JobProcess.javaHome(), options, arguments);
          builder.environment().put("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 " + option);
          return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        });
  }

  /**
   * Returns options of {@code spark-submit} by which drivers and executors get options of {@code
   * java}.
   *
   * @param javaOptions at most two: a setting with a space cannot be given
   */
  static List<String> settings(List<String> javaOptions) {
    List<String> settings = new ArrayList<>();
    List<String> names = List.of("defaultJavaOptions", "extraJavaOptions");
    for (int index = 0; index < javaOptions.size(); index++) {
      for (String role : List.of("driver", "executor")) {
        settings.add("--conf");
        settings.add("spark.%s.%s=%s".formatted(role, names.get(index), javaOptions.get(index)));
      }
    }

    return settings;
  }

  /** Returns its class path, in the order in which its own programs have it. */
  String classPath() throws IOException {
    Path first =
        jars().stream()
            .filter(jar -> jar.getFileName().toString().startsWith("slf4j-api-"))
            .findFirst()
            .orElseThrow();
    return first + System.getProperty("path.separator") + directory.resolve("jars") + "/*";
  }

  /** Returns its jars. */
  List<Path> jars() throws IOException {
    try (Stream<Path> jars = Files.list(directory.resolve("jars"))) {
      return jars.sorted().toList();
    }
  }
}
