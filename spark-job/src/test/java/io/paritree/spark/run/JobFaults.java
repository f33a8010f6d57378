package io.paritree.spark.run;

import io.paritree.HdfsCluster;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/**
 * Kills the job at every named step and at random times, while a reader polls; with {@code --hdfs},
 * with input and output on HDFS; with {@code --s3}, on S3, where it is killed while it publishes
 * and while it recovers; with {@code --table}, while it commits to a Delta table; with {@code
 * --executors}, kills executors of a standalone cluster or of YARN; with {@code --disk}, runs it on
 * a full disk instead, and without permissions.
 *
 * <p>Run: {@code scripts/faults job [OPTIONS]}. Prints one line for each step and a last one with
 * totals; exit code 1 if anything was wrong.
 */
final class JobFaults {
  private static final int MILLIS_OF_COMMIT = 4_000;
  private static final int ROWS = 200_000;

  /** A server that gets many requests is worth the second compiler. */
  private static final String FOR_LONG = "-XX:TieredStopAtLevel=4";

  /** Of each of many partitions, whose files cost more than their rows. */
  private static final int ROWS_OF_MANY = 50;

  private JobFaults() {}

  public static void main(String[] arguments) throws Exception {
    int rows = 0;
    int times = 3;
    int random = 40;
    boolean hdfs = false;
    boolean s3 = false;
    boolean disk = false;
    boolean table = false;
    boolean executors = false;
    boolean yarn = false;
    int partitions = MortalJob.FEW;
    List<Step> steps =
        Stream.of(Step.values()).filter(step -> step.compareTo(Step.UNLOCKED) <= 0).toList();
    long seed = System.nanoTime();
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Integer.parseInt(given.next());
        case "--partitions" -> partitions = Integer.parseInt(given.next());
        case "--times" -> times = Integer.parseInt(given.next());
        case "--random" -> random = Integer.parseInt(given.next());
        case "--hdfs" -> hdfs = true;
        case "--s3" -> s3 = true;
        case "--disk" -> disk = true;
        case "--table" -> table = true;
        case "--executors" -> executors = true;
        case "--yarn" -> yarn = true;
        case "--steps" -> steps = steps(given.next());
        case "--seed" -> seed = Long.decode(given.next());
        default -> {
          System.err.println(
              "Usage: faults job [--rows N] [--times N] [--steps NAME,...] [--random N]"
                  + " [--seed N] [--hdfs]"
                  + " | faults job --s3 [--rows N] [--partitions N] [--random N] [--seed N]"
                  + " | faults job --table [--s3] [--rows N] [--random N] [--seed N]"
                  + " | faults job --executors [--yarn] [--rows N] [--random N] [--seed N]"
                  + " | faults job --disk [--rows N]");
          System.exit(2);
        }
      }
    }

    if (rows == 0) {
      rows = partitions > MortalJob.FEW ? partitions * ROWS_OF_MANY : ROWS;
    }

    Path directory = Files.createTempDirectory("paritree-faults");
    if (disk) {
      end(directory, DiskFaults.run(directory, rows));
    }

    if (executors) {
      end(directory, onExecutors(directory, rows, random, seed, yarn));
    }

    if (table) {
      end(directory, onTable(directory, rows, random, seed, s3));
    }

    if (s3) {
      end(directory, onS3(directory, partitions, rows, random, seed));
    }

    long begin = System.nanoTime();
    MiniDFSCluster cluster =
        hdfs ? HdfsCluster.start(new Configuration(), directory.resolve("hdfs")) : null;
    DeathTrial trial =
        hdfs
            ? DeathTrial.onHdfs(directory, Location.of(cluster.getURI() + "/trial"), rows)
            : new DeathTrial(
                new MortalJob(directory, Location.of(directory), partitions, rows, ""));
    trial.archive();
    trial.time();
    int kills = 0;
    int failed = 0;
    for (Step step : steps) {
      List<String> wrong = new ArrayList<>();
      for (int time = 0; time < times; time++) {
        // The first time as a first publication, then as a replacement.
        boolean isPerPartition = step == Step.OLD_MOVED || step == Step.NEW_MOVED;
        if (time == 0 && step != Step.OLD_MOVED) {
          trial.forgetOutput();
        } else {
          trial.ensureOutput();
        }

        wrong.addAll(trial.killProcessAt(step, isPerPartition ? 1 + time % 3 : 1));
        kills++;
      }

      failed += wrong.isEmpty() ? 0 : 1;
      report("B1 %s: %s kills, %s".formatted(step, times, verdict(wrong)));
    }

    Random randoms = new Random(seed);
    List<String> wrong = new ArrayList<>();
    for (int time = 0; time < random; time++) {
      wrong.addAll(trial.killAfter(0.1 + randoms.nextDouble()));
      kills++;
    }

    failed += wrong.isEmpty() ? 0 : 1;
    report("B1 at random: %s kills, %s".formatted(random, verdict(wrong)));
    report(kills + " kills", failed, trial.looks(), begin, rows, seed);
    if (hdfs) {
      cluster.shutdown(true);
    }

    end(directory, failed == 0);
  }

  /** Ends the program; where something was wrong, what the runs have left and printed stays. */
  private static void end(Path directory, boolean passed) throws IOException {
    if (passed) {
      FileStore.of(Location.of(directory)).delete(Location.of(directory));
    } else {
      System.err.println("What the runs have left and printed is in " + directory);
    }

    System.exit(passed ? 0 : 1);
  }

  private static boolean onExecutors(Path directory, int rows, int kills, long seed, boolean yarn)
      throws Exception {
    long begin = System.nanoTime();
    Random random = new Random(seed);
    int failed = 0;
    try (ExecutorDeathTrial.Cluster cluster =
        yarn
            ? YarnCluster.start(directory.resolve("cluster"))
            : SparkCluster.start(directory.resolve("cluster"))) {
      ExecutorDeathTrial trial = new ExecutorDeathTrial(directory, cluster, rows / 3 * 3);
      ExecutorDeathTrial.Kills[] kinds = ExecutorDeathTrial.Kills.values();
      for (int time = 0; time < kills; time++) {
        List<String> wrong = trial.kill(kinds[time % kinds.length], random);
        failed += wrong.isEmpty() ? 0 : 1;
        report("B5 executors, kill %s: %s".formatted(time + 1, verdict(wrong)));
      }

      report("%s of %s runs were published all the same".formatted(trial.published(), kills));
      report(kills + " kills of executors", failed, trial.looks(), begin, rows, seed);
    }

    return failed == 0;
  }

  private static boolean onTable(Path directory, int rows, int kills, long seed, boolean s3)
      throws Exception {
    if (!s3) {
      Location home = Location.of(directory);
      return onTable(new TableDeathTrial(directory, home, rows / 3 * 3), rows, kills, seed);
    }

    try (S3Server server = S3Server.start(directory.resolve("s3"))) {
      Location home = server.resolve("trial");
      return onTable(
          new TableDeathTrial(directory, home, rows / 3 * 3, server.javaOption()),
          rows,
          kills,
          seed);
    }
  }

  private static boolean onTable(TableDeathTrial trial, int rows, int kills, long seed)
      throws Exception {
    long begin = System.nanoTime();
    trial.archiveClasses();
    Random random = new Random(seed);
    List<Step> steps =
        List.of(Step.SCORED, Step.VERIFIED, Step.COMMIT_BEGUN, Step.COMMITTED, Step.COMMIT_PROVED);
    int failed = 0;
    for (int time = 0; time < kills; time++) {
      boolean isAtStep = time < steps.size();
      List<String> wrong =
          isAtStep
              ? trial.killAt(steps.get(time))
              : trial.killAfter(random.nextInt(MILLIS_OF_COMMIT));
      failed += wrong.isEmpty() ? 0 : 1;
      report("B1 on a table, kill %s: %s".formatted(time + 1, verdict(wrong)));
    }

    report(kills + " kills on a table", failed, trial.reads(), begin, rows, seed);
    return failed == 0;
  }

  private static boolean onS3(Path directory, int partitions, int rows, int kills, long seed)
      throws Exception {
    long begin = System.nanoTime();
    Random random = new Random(seed);
    int failed = 0;
    try (S3Server server = S3Server.start(directory.resolve("s3"), FOR_LONG)) {
      DeathTrial trial = DeathTrial.onS3(directory, server, partitions, rows);
      trial.archive();
      int runs = 0;
      int recoveries = 0;
      for (int time = 0; runs + recoveries < kills; time++) {
        // Every fourth time as a first publication.
        if (time % 4 == 0) {
          trial.forgetOutput();
        }

        long start = System.nanoTime();
        PublishingKills killed = trial.kills(random);
        List<String> wrong = trial.killInPublishing(killed, kills - runs - recoveries);
        failed += wrong.isEmpty() ? 0 : 1;
        runs += killed.runs();
        recoveries += killed.recoveries();
        report(
            "B1 on S3, %s of %s kills: %s (%s s; %s)"
                .formatted(runs + recoveries, kills, verdict(wrong), seconds(start), killed.how()));
      }

      List<String> wrong = trial.scoreFaults();
      failed += wrong.isEmpty() ? 0 : 1;
      report("B1 on S3, the rows as Spark reads them there: %s".formatted(verdict(wrong)));
      String all =
          "%s kills of runs and %s of recoveries on S3, %s partitions"
              .formatted(runs, recoveries, partitions);
      report(all, failed, trial.looks(), begin, rows, seed);
    }

    return failed == 0;
  }

  private static List<Step> steps(String names) {
    return Stream.of(names.split(",")).map(Step::valueOf).toList();
  }

  private static void report(
      String kills, int failed, long reads, long begin, int rows, long seed) {
    report(
        "B1 must 0 wrong of %s: %s, %s reads by a reader (%s s, %s rows, seed 0x%s)"
            .formatted(
                kills,
                failed == 0 ? "PASS" : "FAIL",
                reads,
                seconds(begin),
                rows,
                Long.toHexString(seed)));
  }

  private static long seconds(long begin) {
    return (System.nanoTime() - begin) / 1_000_000_000;
  }

  private static void report(String line) {
    System.out.println(line);
  }

  private static String verdict(List<String> wrong) {
    return wrong.isEmpty() ? "PASS" : "FAIL " + wrong;
  }
}
