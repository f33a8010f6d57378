package io.paritree.spark.run;

import io.paritree.model.TestPackages;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * Kills executors of a cluster while the job scores on them, and checks what readers see.
 *
 * <p>A run must end either with exit code 0 and all rows of its own model, or with another exit
 * code and the old files unchanged. The run after it must publish. Not thread-safe.
 */
final class ExecutorDeathTrial {
  private static final List<String> PARTITIONS = List.of("day=1", "day=2", "day=3");
  private static final int FILES_PER_PARTITION = 4;

  /** A cluster that scores. */
  interface Cluster extends AutoCloseable {
    /** Returns a directory that the driver and all executors reach. */
    Location files();

    /** Submits the job with these options of spark-submit. */
    Process score(Path log, List<String> options, Object... arguments) throws IOException;

    /** Returns the executors that run now. */
    List<ProcessHandle> executors();

    @Override
    void close();
  }

  /** How many executors are killed. */
  enum Kills {
    /** One, once. */
    ONE,
    /** All that run, once. */
    ALL,
    /** All that run, once, and no task may be tried again. */
    ALL_WITHOUT_RETRIES
  }

  private final Path directory;
  private final Cluster cluster;
  private final Location output;
  private final Location input;
  private final int rowsPerPartition;
  private final List<String> models;
  private final List<Map<Long, Integer>> scores = new ArrayList<>();
  private final long nanosOfExecutors;
  private int runs;
  private int published;
  private long looks;

  /**
   * @param directory for models and logs, on a local disk
   * @param rows rows of the input, in three partitions of four files each
   */
  ExecutorDeathTrial(Path directory, Cluster cluster, int rows) throws Exception {
    this.directory = directory;
    this.cluster = cluster;
    this.rowsPerPartition = rows / PARTITIONS.size();
    this.input = cluster.files().resolve("in");
    this.output = cluster.files().resolve("out");
    TestPackages packages = new TestPackages(directory.resolve("models"));
    List<Path> local = List.of(packages.binary(1, 5), packages.binary(2, 6));
    for (Path model : local) {
      scores.add(
          ScoringJobTest.expected(model.toString(), 0, rowsPerPartition * PARTITIONS.size()));
    }

    // A path without a scheme is on HDFS where the cluster has it.
    this.models = local.stream().map(path -> "file:" + path).toList();
    Path made = directory.resolve("rows");
    for (int index = 0; index < PARTITIONS.size(); index++) {
      Parcels.write(
          made.resolve(PARTITIONS.get(index)).toString(),
          index * rowsPerPartition,
          (index + 1) * rowsPerPartition,
          FILES_PER_PARTITION);
    }

    org.apache.hadoop.fs.Path to = HadoopPaths.of(input);
    to.getFileSystem(new Configuration())
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(made.toUri()), to);

    Path log = directory.resolve("first.log");
    Process first = start(log, "first", Kills.ONE);
    awaitExecutors(first);
    long begin = System.nanoTime();
    int exitCode = JobProcess.exitCode(first);
    if (exitCode != 0) {
      throw new IOException("The first run ended with %s: %s".formatted(exitCode, text(log)));
    }

    this.nanosOfExecutors = System.nanoTime() - begin;
  }

  /**
   * Kills executors of a run at a random time, then runs again.
   *
   * @return what was wrong; empty if nothing was
   */
  List<String> kill(Kills kills, Random random) throws Exception {
    runs++;
    String dying = "run-%s".formatted(runs);
    PublishedOutput now = new PublishedOutput(output);
    Map<String, Map<String, String>> before = new HashMap<>();
    for (String partition : PARTITIONS) {
      before.put(partition, now.files(partition));
    }

    List<String> wrong = new ArrayList<>();
    ReaderView view = new DirectoryView(output, PARTITIONS, rowsPerPartition);
    try (OutputReader reader = new OutputReader(view)) {
      Path log = directory.resolve(dying + ".log");
      Process job = start(log, dying, kills);
      awaitExecutors(job);
      job.waitFor((long) (random.nextDouble() * nanosOfExecutors), TimeUnit.NANOSECONDS);
      int killed = destroyed(kills, random);
      int exitCode = JobProcess.exitCode(job);
      if (exitCode == 0) {
        published++;
        for (String partition : PARTITIONS) {
          wrong.addAll(now.faults(partition, dying));
        }

        checkScores(wrong, dying);
      } else {
        for (String partition : PARTITIONS) {
          if (!now.files(partition).equals(before.get(partition))) {
            wrong.add(
                "after exit code %s the files of %s were changed".formatted(exitCode, partition));
          }
        }
      }

      System.out.printf(
          "%s: %s executors killed (%s), exit code %s%n", dying, killed, kills, exitCode);
      JobRun again = JobRun.of(arguments(dying + "-next").toArray());
      if (again.exitCode() != 0) {
        wrong.add("the next run ended with %s: %s".formatted(again.exitCode(), again.err()));
      }

      checkScores(wrong, dying + "-next");
      reader.end();
      wrong.addAll(view.violations());
      looks += reader.looks();
    }

    now.garbage(PARTITIONS).forEach(name -> wrong.add("left over: " + name));
    return wrong;
  }

  /** Returns how many runs were published in spite of the kills. */
  int published() {
    return published;
  }

  /** Returns how often a reader has read a partition. */
  long looks() {
    return looks;
  }

  private int destroyed(Kills kills, Random random) {
    List<ProcessHandle> running = cluster.executors();
    if (kills == Kills.ONE && !running.isEmpty()) {
      running = List.of(running.get(random.nextInt(running.size())));
    }

    running.forEach(ProcessHandle::destroyForcibly);
    return running.size();
  }

  private void checkScores(List<String> wrong, String run) {
    if (!Scores.of(output.toString()).equals(scores.get(runs % 2))) {
      wrong.add("the rows or scores of %s are wrong".formatted(run));
    }
  }

  private void awaitExecutors(Process job) throws IOException {
    SparkCluster.await("executors", () -> !cluster.executors().isEmpty() || !job.isAlive());
  }

  private Process start(Path log, String run, Kills kills) throws IOException {
    // One task per file.
    List<String> options =
        List.of(
            "--conf",
            "spark.sql.files.minPartitionNum=" + PARTITIONS.size() * FILES_PER_PARTITION,
            "--conf",
            "spark.task.maxFailures=" + (kills == Kills.ALL_WITHOUT_RETRIES ? 1 : 4));
    return cluster.score(log, options, arguments(run).toArray());
  }

  private List<Object> arguments(String run) {
    return List.of(
        "--model",
        models.get(runs % 2),
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id",
        "--run-id",
        run);
  }

  private static String text(Path log) throws IOException {
    String text = Files.readString(log);
    return text.substring(Math.max(0, text.length() - 4_000));
  }
}
