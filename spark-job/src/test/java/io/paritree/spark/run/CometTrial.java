package io.paritree.spark.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs the job, the functions for SQL and the call on a Dataset where DataFusion Comet replaces
 * Spark's operators, and compares rows and bits with those of the build's Spark without it.
 */
final class CometTrial {
  /** The newest Spark that Comet is published for, and that all parts run on. */
  static final String SPARK = "4.1.3";

  private static final List<String> SETTINGS =
      List.of(
          "spark.plugins=org.apache.spark.CometPlugin",
          "spark.shuffle.manager="
              + "org.apache.spark.sql.comet.execution.shuffle.CometShuffleManager",
          "spark.memory.offHeap.enabled=true",
          "spark.memory.offHeap.size=1g");

  private final String comet;
  private final Path directory;
  private final VersionTrial job;
  private final SqlTrial sql;
  private final Path kept;

  /**
   * @param comet its version
   * @param directory receives what the trials leave
   */
  CometTrial(String comet, Path directory, VersionTrial job, SqlTrial sql) throws IOException {
    this.comet = comet;
    this.directory = directory;
    this.job = job;
    this.sql = sql;
    this.kept = directory.resolve("kept.jar");
    String name = CometKept.class.getName().replace('.', '/');
    PackagedJob.write(kept, List.of(name + ".class", name + "$Again.class"));
  }

  /** What is tried; returns what was wrong. */
  private interface Part {
    List<String> faults(String name) throws IOException, InterruptedException;
  }

  /**
   * Tries all parts with a Spark, on the oldest of some JDKs.
   *
   * @param version of Spark
   */
  List<Compatibility.Result> results(String version, TreeMap<Integer, Path> javaHomes)
      throws IOException, InterruptedException {
    SparkHome home = SparkHome.withComet(version, comet);
    int jdk = javaHomes.firstKey();
    Path javaHome = javaHomes.get(jdk);
    List<Compatibility.Result> results = new ArrayList<>();
    results.add(result("local", home, jdk, name -> switchedOff(name, home, javaHome)));
    results.add(result("local, kept on", home, jdk, name -> keptOn(name, home, javaHome)));
    results.add(result("local-cluster, SQL", home, jdk, name -> sql(name, home, javaHome)));
    if (SparkHome.hasIceberg(home.version())) {
      results.add(result("local, Iceberg", home, jdk, name -> iceberg(name, home, javaHome)));
    }

    return results;
  }

  private Compatibility.Result result(String master, SparkHome home, int jdk, Part part)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    String words = master.replaceAll("[, ]+", "-");
    String name = "%s-%s-comet-%s-%s".formatted(home.version(), home.scala(), comet, words);
    List<String> faults = part.faults(name);
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    System.err.println("%s, %s s: %s".formatted(name, seconds, Compatibility.outcome(faults)));
    return new Compatibility.Result(
        home.version(), home.scala(), jdk, master + ", Comet " + comet, seconds, faults);
  }

  /** The job as it is: it switches Comet off for its own session. */
  private List<String> switchedOff(String name, SparkHome home, Path javaHome)
      throws IOException, InterruptedException {
    VersionTrial.Submission spark = with(List.of(), Compatibility.locally(home, javaHome));
    List<String> faults = job.faults(name, spark);
    for (VersionTrial.Run run : job.runs(name)) {
      if (!job.log(name, run.name()).contains("Comet is switched off for this job")) {
        faults.add("%s: nothing says that Comet is switched off".formatted(run.name()));
      }
    }

    faults.addAll(job.moreFaults(name, !home.version().startsWith("3."), spark));
    return faults;
  }

  /** The job where Comet stays on, whatever the job does: the same rows, or none. */
  private List<String> keptOn(String name, SparkHome home, Path javaHome)
      throws IOException, InterruptedException {
    List<String> settings =
        List.of(
            "--conf",
            "spark.sql.extensions=" + CometKept.class.getName(),
            "--conf",
            "spark.driver.extraClassPath=" + kept,
            "--conf",
            "spark.executor.extraClassPath=" + kept);
    List<String> refused = new ArrayList<>();
    List<String> faults =
        job.faultsUnlessRefused(
            name, with(settings, Compatibility.locally(home, javaHome)), refused);
    System.err.println("%s: refused %s".formatted(name, refused));
    for (VersionTrial.Run run : job.runs(name)) {
      if (!job.log(name, run.name()).contains("Comet native library")) {
        faults.add("%s: nothing says that Comet was on".formatted(run.name()));
      }
    }

    return faults;
  }

  private static VersionTrial.Submission with(
      List<String> settings, VersionTrial.Submission spark) {
    return (log, options, arguments) -> {
      List<String> all = new ArrayList<>();
      SETTINGS.forEach(setting -> all.addAll(List.of("--conf", setting)));
      all.addAll(settings);
      all.addAll(options);
      return spark.score(log, all, arguments);
    };
  }

  private List<String> sql(String name, SparkHome home, Path javaHome)
      throws IOException, InterruptedException {
    List<String> faults = sql.faults(name, home, javaHome, SETTINGS);
    if (faults.isEmpty() && !sql.isInPlans("CometNativeScan", name)) {
      faults.add("no plan has a scan of Comet");
    }

    return faults;
  }

  private List<String> iceberg(String name, SparkHome home, Path javaHome)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(directory.resolve(name));
    String[] options =
        Stream.concat(SETTINGS.stream().map("-D"::concat), Stream.of("-Xmx2g"))
            .toArray(String[]::new);
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, String> test :
        OtherSpark.run(IcebergIT.TABLES, OtherSpark.ANY, home, javaHome, own, options).entrySet()) {
      if (!test.getValue().isEmpty()) {
        faults.add(
            test.getKey() + ": " + test.getValue().lines().findFirst().orElse("it has failed"));
      }
    }

    return faults;
  }
}
