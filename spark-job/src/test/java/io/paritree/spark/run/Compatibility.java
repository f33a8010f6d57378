package io.paritree.spark.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs the job with other versions of Spark and Java, locally and on a standalone cluster, and
 * compares what it publishes with what the build's own Spark does.
 *
 * <p>Run: {@code scripts/compat [OPTIONS] [VERSION...]}. Prints a table; exit code 1 if anything
 * was wrong.
 */
final class Compatibility {
  /** The newest patch of each line; Scala is named where it is not the usual one of its line. */
  static final List<String> LINES = List.of("3.5.9", "3.5.9-2.13", "4.0.4", "4.1.3", "4.2.0");

  private static final Set<Integer> JDKS = Set.of(17, 21);
  private static final Set<Integer> JDKS_SINCE_4_2 = Set.of(17, 21, 25);

  private Compatibility() {}

  /**
   * What was found out about one Spark, one JDK and one kind of cluster.
   *
   * @param faults what was wrong
   */
  record Result(
      String spark, String scala, int jdk, String master, long seconds, List<String> faults) {}

  public static void main(String[] arguments) throws Exception {
    List<String> versions = new ArrayList<>();
    boolean isJson = false;
    boolean isLocal = false;
    String comet = "";
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      String argument = given.next();
      switch (argument) {
        case "--json" -> isJson = true;
        case "--local" -> isLocal = true;
        case "--comet" -> comet = given.hasNext() ? given.next() : "-";
        default -> versions.add(argument);
      }
    }

    if (comet.startsWith("-") || versions.stream().anyMatch(version -> version.startsWith("-"))) {
      System.err.println("Usage: compat [--local] [--json] [--comet VERSION] [VERSION...]");
      System.exit(2);
    }

    Path directory = Files.createTempDirectory("paritree-compat");
    VersionTrial trial = new VersionTrial(directory);
    SqlTrial sql = new SqlTrial(directory.resolve("sql"), 2_000, 3);
    List<Result> results = new ArrayList<>();
    if (!comet.isEmpty()) {
      CometTrial trials = new CometTrial(comet, directory, trial, sql);
      for (String version : versions.isEmpty() ? List.of(CometTrial.SPARK) : versions) {
        results.addAll(trials.results(version, javaHomes(SparkHome.withComet(version, comet))));
      }

      end(results, isJson, directory);
    }

    for (String version : versions.isEmpty() ? LINES : versions) {
      SparkHome home = SparkHome.resolved(version);
      TreeMap<Integer, Path> javaHomes = javaHomes(home);
      for (Map.Entry<Integer, Path> jdk : javaHomes.entrySet()) {
        results.add(local(trial, home, jdk.getKey(), jdk.getValue()));
        results.add(sql(sql, home, jdk.getKey(), jdk.getValue()));
        for (String iceberg : icebergs(home)) {
          Path tables = directory.resolve("iceberg-" + results.size());
          results.add(iceberg(version, iceberg, jdk.getKey(), jdk.getValue(), tables));
        }

        if (!isLocal && jdk.getKey().equals(javaHomes.firstKey())) {
          Path cluster = directory.resolve("cluster-" + results.size());
          results.add(standalone(trial, home, jdk.getKey(), jdk.getValue(), cluster));
        }
      }
    }

    end(results, isJson, directory);
  }

  private static void end(List<Result> results, boolean isJson, Path directory) throws IOException {
    boolean isGood = results.stream().allMatch(result -> result.faults().isEmpty());
    System.out.print(
        isJson ? new ObjectMapper().writeValueAsString(results) + "\n" : table(results));
    if (isGood) {
      FileStore.of(Location.of(directory)).delete(Location.of(directory));
    }

    System.exit(isGood ? 0 : 1);
  }

  /** Returns the JDKs of this machine that a Spark supports. */
  private static TreeMap<Integer, Path> javaHomes(SparkHome home) throws IOException {
    TreeMap<Integer, Path> homes = JavaHomes.byVersion();
    boolean isOlder = home.version().matches("(3|4\\.[01])\\..*");
    homes.keySet().retainAll(isOlder ? JDKS : JDKS_SINCE_4_2);
    return homes;
  }

  private static Result local(VersionTrial trial, SparkHome home, int jdk, Path javaHome)
      throws IOException, InterruptedException {
    return result(trial, home, jdk, "local", locally(home, javaHome));
  }

  /** Submits the job in {@code local[2]}, as {@code scripts/score} does. */
  static VersionTrial.Submission locally(SparkHome home, Path javaHome) {
    return (log, options, arguments) -> {
      List<String> local = new ArrayList<>(List.of("--master", "local[2]"));
      local.addAll(List.of("--conf", "spark.ui.enabled=false"));
      local.addAll(List.of("--driver-java-options", "-XX:TieredStopAtLevel=1"));
      local.addAll(options);
      ProcessBuilder builder = home.score(javaHome, local, arguments);
      return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    };
  }

  /** Runs the functions for SQL and the call on a Dataset in executors of their own. */
  private static Result sql(SqlTrial trial, SparkHome home, int jdk, Path javaHome)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    String name = "%s-%s-jdk%s-sql".formatted(home.version(), home.scala(), jdk);
    List<String> faults = trial.faults(name, home, javaHome, List.of());
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    System.err.println("%s, %s s: %s".formatted(name, seconds, outcome(faults)));
    return new Result(home.version(), home.scala(), jdk, "local-cluster, SQL", seconds, faults);
  }

  /**
   * Returns the versions of Iceberg to try; not all have runtimes for the same versions of Spark.
   */
  private static List<String> icebergs(SparkHome home) {
    if (!SparkHome.hasIceberg(home.version())) {
      return List.of();
    }

    boolean isNewest = home.version().startsWith("4.1.");
    return isNewest ? SparkHome.ICEBERG : SparkHome.ICEBERG.subList(0, 1);
  }

  /** Runs the tests of Iceberg's tables. */
  private static Result iceberg(
      String version, String iceberg, int jdk, Path javaHome, Path directory)
      throws IOException, InterruptedException {
    SparkHome home = SparkHome.withIceberg(version, iceberg);
    long begin = System.nanoTime();
    Map<String, String> tests =
        OtherSpark.run(
            IcebergIT.TABLES, OtherSpark.ANY, home, javaHome, Files.createDirectories(directory));
    List<String> faults = new ArrayList<>();
    tests.forEach(
        (test, failure) -> {
          if (!failure.isEmpty()) {
            faults.add(test + ": " + failure.lines().findFirst().orElse(""));
          }
        });
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    String name = "%s-%s-jdk%s-iceberg-%s".formatted(home.version(), home.scala(), jdk, iceberg);
    System.err.println("%s, %s s: %s".formatted(name, seconds, outcome(faults)));
    return new Result(
        home.version(), home.scala(), jdk, "local, Iceberg " + iceberg, seconds, faults);
  }

  private static Result standalone(
      VersionTrial trial, SparkHome home, int jdk, Path javaHome, Path directory)
      throws IOException, InterruptedException {
    try (SparkCluster cluster = SparkCluster.start(home, javaHome, directory)) {
      return result(
          trial,
          home,
          jdk,
          "standalone",
          (log, options, arguments) -> cluster.score(log, options, arguments.toArray()));
    }
  }

  private static Result result(
      VersionTrial trial, SparkHome home, int jdk, String master, VersionTrial.Submission spark)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    String name = "%s-%s-jdk%s-%s".formatted(home.version(), home.scala(), jdk, master);
    List<String> faults = trial.faults(name, spark);
    boolean readsWidened = !home.version().startsWith("3.");
    faults.addAll(trial.moreFaults(name, readsWidened, spark));
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    System.err.println("%s, %s s: %s".formatted(name, seconds, outcome(faults)));
    return new Result(home.version(), home.scala(), jdk, master, seconds, faults);
  }

  static String outcome(List<String> faults) {
    return faults.isEmpty() ? "same rows and bits" : String.join("; ", faults);
  }

  private static String table(List<Result> results) {
    StringBuilder table = new StringBuilder("| Spark | Scala | JDK | master | result |\n");
    table.append("| --- | --- | --- | --- | --- |\n");
    for (Result result : results) {
      table.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  result.spark(),
                  result.scala(),
                  result.jdk(),
                  result.master(),
                  outcome(result.faults())));
    }

    return table.toString();
  }
}
