package io.paritree.spark.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests in a JVM of their own, with another Spark and the packaged job. */
final class OtherSpark {
  /**
   * The tests, the model's tests, and what they need beside Spark and the job. The model's own jar
   * seals packages, which the job's jar cannot.
   */
  private static final Pattern TESTS =
      Pattern.compile(
          "/(org/junit|org/opentest4j|org/apiguardian|org/assertj|net/bytebuddy|test-classes)(/|$)"
              + "|-tests\\.jar$|/shared-model/[a-z]+/target/(classes$|[^/]*\\.jar$)");

  /** All tests, whichever tags they have. */
  static final String ANY = "any() | none()";

  private OtherSpark() {}

  /**
   * Runs tests.
   *
   * @param tests names of classes, and of methods as {@code CLASS#METHOD}
   * @param tags of those among them that are run, as an expression of JUnit
   * @param directory receives a log, and the tests' own files
   * @param javaOptions more options of the JVM
   * @return why each test has failed, by its name; an empty text if it has not
   */
  static Map<String, String> run(
      List<String> tests,
      String tags,
      SparkHome home,
      Path javaHome,
      Path directory,
      String... javaOptions)
      throws IOException, InterruptedException {
    String separator = System.getProperty("path.separator");
    List<String> classPath = new ArrayList<>(List.of(JobProcess.jar().toString()));
    Stream.of(System.getProperty("java.class.path").split(separator))
        .filter(path -> TESTS.matcher(path).find())
        .forEach(classPath::add);
    home.jars().forEach(jar -> classPath.add(jar.toString()));
    Path log = directory.resolve("tests.log");
    Path results = directory.resolve("results");
    List<String> options = new ArrayList<>(List.of(javaOptions));
    if (home.version().startsWith("3.")) {
      // For paths Iceberg opens a catalog of Hive there, whose classes Maven's jars lack.
      String catalog = "-Dspark.sql.catalog.default_iceberg";
      options.add(catalog + "=org.apache.iceberg.spark.SparkCatalog");
      options.add(catalog + ".type=hadoop");
      options.add(catalog + ".warehouse=" + directory.resolve("lake"));
    }

    // As the build's own tests have it, see pom.xml.
    options.addAll(List.of("-Xms1g", "-XX:MetaspaceSize=256m", "-XX:ReservedCodeCacheSize=256m"));
    options.addAll(List.of("-XX:+UnlockExperimentalVMOptions", "-XX:SymbolTableSize=524288"));
    options.add("-XX:+UseParallelGC");
    options.addAll(
        List.of(
            "-Dparitree.root=" + System.getProperty("paritree.root"),
            "-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")),
            "-Dspark.sql.warehouse.dir=" + directory.resolve("warehouse"),
            "-Dparitree.extensions=,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "-Dspark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog",
            "-Dspark.sql.catalog.lake.type=hadoop",
            "-Dspark.sql.catalog.lake.cache-enabled=false",
            "-Dspark.sql.catalog.lake.warehouse=" + directory.resolve("lake"),
            "-Dspark.sql.catalog.lossy=org.apache.iceberg.spark.SparkCatalog",
            "-Dspark.sql.catalog.lossy.catalog-impl=" + LossyCatalog.class.getName(),
            "-Dspark.sql.catalog.lossy.cache-enabled=false",
            "-Dspark.sql.catalog.lossy.warehouse=" + directory.resolve("lossy"),
            "-Dparitree.answers=" + Integer.getInteger("paritree.answers", 3),
            "-Dparitree.nights=" + Integer.getInteger("paritree.nights", 5),
            "-Dparitree.partitions=" + System.getProperty("paritree.partitions", "")));
    Process process =
        JobProcess.start(
            javaHome,
            String.join(separator, classPath),
            options,
            log,
            OtherSpark.class.getName(),
            results,
            String.join(",", tests),
            tags);
    if (JobProcess.exitCode(process) != 0) {
      throw new IOException("Cannot run tests with Spark %s: %s".formatted(home, tail(log)));
    }

    Map<String, String> failures = new TreeMap<>();
    for (String line : Files.readAllLines(results)) {
      String[] test = line.split("\t", 2);
      failures.put(test[0], test[1].replace("\f", "\n"));
    }

    return failures;
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }

  /** Runs the tests that are named second and have the tags third; results go to the first. */
  public static void main(String[] arguments) throws Exception {
    runHere(List.of(arguments[1].split(",")), arguments[2], Path.of(arguments[0]), List.of());
  }

  /**
   * Runs tests in this JVM, which then ends.
   *
   * @param tags of those that are run, as an expression of JUnit
   * @param results receives a line for each, after those that are given
   */
  static void runHere(List<String> tests, String tags, Path results, List<String> given)
      throws IOException {
    List<String> lines = new ArrayList<>(given);
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(tests.stream().map(OtherSpark::selector).toList())
                .filters(TagFilter.includeTags(tags))
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                String failure = result.getThrowable().map(OtherSpark::text).orElse("");
                System.out.println("TEST " + test.getDisplayName() + " " + result.getStatus());
                if (test.isTest() || !failure.isEmpty()) {
                  lines.add(name(test) + "\t" + failure);
                }
              }
            });
    Files.write(results, lines);
    System.exit(0);
  }

  private static DiscoverySelector selector(String test) {
    return test.contains("#")
        ? DiscoverySelectors.selectMethod(test)
        : DiscoverySelectors.selectClass(test);
  }

  private static String name(TestIdentifier test) {
    String method =
        test.getUniqueId()
            .replaceFirst(".*[.](\\w+)].*\\[(?:method|test-template):([^(]*).*", "$1.$2");
    return method + " " + test.getDisplayName();
  }

  private static String text(Throwable failure) {
    StringBuilder text = new StringBuilder(failure.toString());
    for (StackTraceElement at : failure.getStackTrace()) {
      if (at.getClassName().startsWith("io.paritree")) {
        text.append("\n  at ").append(at);
      }
    }

    return text.toString().replace("\r", " ").replace("\n", "\f");
  }
}
