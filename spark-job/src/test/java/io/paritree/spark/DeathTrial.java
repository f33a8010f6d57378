package io.paritree.spark;

import io.paritree.model.TestPackages;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileStore;
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
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;

/**
 * Kills runs of the job, each in its own JVM, and checks what readers see: during the run, after
 * the kill, and after the next run.
 *
 * <p>After the kill, a partition must hold the same files as before, or all rows that the run has
 * scored. It may be absent if it was absent before, or if the run was killed between its two
 * renames. On a store that moves files one by one, a reader that waits for {@code _SUCCESS} may
 * find none after any kill while partitions are moved. After the next run, all partitions must hold
 * all rows of one run, with the scores that the model's specification gives, and nothing else. Not
 * thread-safe.
 */
final class DeathTrial {
  static final List<String> PARTITIONS = List.of("day=1", "day=2", "day=3");

  private static final int INPUT_FILES = 2;

  /** At least this many: with one file each, no reader could see a mix of two runs. */
  private static final int FILES_PER_PARTITION = 4;

  /** On S3, more than {@code core-site.xml} lets Hadoop's client delete by one request. */
  private static final int OBJECTS_PER_PARTITION = 24;

  /** A publication of this many objects takes about as long. */
  private static final int MILLIS_OF_PUBLICATION = 3_000;

  private final int rowsPerPartition;
  private final List<String> models;
  private final List<Map<Long, Integer>> scores = new ArrayList<>();
  private final Location home;
  private final Location input;
  private final Location output;
  private final boolean fileByFile;
  private final List<Object> more;
  private final PackagedJob job;
  private final long nanosOfRun;
  private int runs;
  private long looks;

  /**
   * @param directory for models and logs, on a local disk
   * @param home where input and output are
   * @param rows rows of the input, in three partitions of two files each
   * @param locks settings of the output's lock, as in a configuration file; empty for the defaults
   */
  DeathTrial(Path directory, Location home, int rows, String locks, String... javaOptions)
      throws Exception {
    this.home = home;
    this.fileByFile = !FileStore.of(home).renamesDirectoriesWhole(home);
    this.rowsPerPartition = rows / PARTITIONS.size();
    int rowsPerFile = rowsPerPartition / (fileByFile ? OBJECTS_PER_PARTITION : FILES_PER_PARTITION);
    Path conf = directory.resolve("trial.conf");
    Files.writeString(conf, "scoring-job { rows-per-file = %s, %s }".formatted(rowsPerFile, locks));
    this.more = List.of("--conf", conf);
    List<String> options = new ArrayList<>(List.of(javaOptions));
    // One task per file of the input: a run can be killed between two of them.
    options.add("-Dspark.sql.files.minPartitionNum=" + INPUT_FILES * PARTITIONS.size());
    TestPackages packages = new TestPackages(directory.resolve("models"));
    this.models = List.of(packages.binary(1, 5).toString(), packages.binary(2, 6).toString());
    this.input = home.resolve("in");
    this.output = home.resolve("out");
    Path local = directory.resolve("in");
    for (int index = 0; index < PARTITIONS.size(); index++) {
      Parcels.write(
          local.resolve(PARTITIONS.get(index)).toString(),
          index * rowsPerPartition,
          (index + 1) * rowsPerPartition,
          INPUT_FILES);
    }

    if (!home.isLocal()) {
      org.apache.hadoop.fs.Path to = HadoopPaths.of(input);
      to.getFileSystem(new Configuration())
          .copyFromLocalFile(new org.apache.hadoop.fs.Path(local.toUri()), to);
    }

    this.job = new PackagedJob(directory.resolve("job"), options.toArray(String[]::new));
    job.archive(arguments("warm"));
    forgetOutput();
    long begin = System.nanoTime();
    JobProcess.exitCode(start(ScoreMain.class, arguments("timed")));
    this.nanosOfRun = System.nanoTime() - begin;
    forgetOutput();
    for (String model : models) {
      scores.add(ScoringJobTest.expected(model, 0, rowsPerPartition * PARTITIONS.size()));
    }
  }

  /** Removes the output and its state, so that the next publication is the first one. */
  void forgetOutput() throws IOException {
    FileStore store = FileStore.of(home);
    store.delete(output);
    store.delete(home.resolve("_paritree"));
  }

  /** Publishes if nothing is published yet, so that the next publication replaces it. */
  void ensureOutput() throws IOException {
    if (FileStore.of(home).find(output).isEmpty()) {
      runs++;
      JobRun run = JobRun.of(arguments("run-%s-first".formatted(runs)).toArray());
      if (run.exitCode() != 0) {
        throw new IllegalStateException(run.err());
      }
    }
  }

  /**
   * Kills a run at a step, then runs again.
   *
   * @param occurrence at which occurrence of the step
   * @return what was wrong; empty if nothing was
   */
  List<String> killAt(Step fatal, int occurrence) throws Exception {
    return trial(
        arguments -> {
          List<Object> dying = new ArrayList<>(List.of("die", fatal.name(), occurrence));
          dying.addAll(arguments);
          int exitCode = JobProcess.exitCode(start(ObservedJob.class, dying));
          return exitCode == ObservedJob.KILLED
              ? List.of()
              : List.of("it should have been killed, but its exit code was %s".formatted(exitCode));
        },
        (partition, before, dying) ->
            fileByFile
                ? List.of(before, "", dying)
                : List.of(
                    seenAt(fatal, occurrence, PARTITIONS.indexOf(partition) + 1, before, dying)));
  }

  /**
   * Kills a run while it publishes, and half of the time also the recovery that follows, each at a
   * random time; then runs again.
   */
  List<String> killInPublishing(Random random) throws Exception {
    return trial(
        arguments -> {
          List<Object> dying = new ArrayList<>();
          dying.add("die:" + random.nextInt(MILLIS_OF_PUBLICATION));
          dying.addAll(List.of(Step.PREPARED.name(), 1));
          dying.addAll(arguments);
          int exitCode = JobProcess.exitCode(start(ObservedJob.class, dying));
          if (exitCode != 0 && exitCode != ObservedJob.KILLED) {
            return List.of("the exit code of the killed run was %s".formatted(exitCode));
          }

          if (random.nextBoolean()) {
            List<Object> recovery = new ArrayList<>(List.of("--recover", "--output", output));
            recovery.addAll(more);
            Process process = start(ScoreMain.class, recovery);
            process.waitFor(random.nextInt(2 * MILLIS_OF_PUBLICATION), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
          }

          return List.of();
        },
        (partition, before, dying) -> List.of(before, "", dying));
  }

  /** Returns the run whose rows a partition must hold after a kill at a step; empty for none. */
  private static String seenAt(
      Step fatal, int occurrence, int partition, String before, String dying) {
    if (fatal.compareTo(Step.OLD_MOVED) < 0 || partition > occurrence && isPerPartition(fatal)) {
      return before;
    }

    return fatal == Step.OLD_MOVED && partition == occurrence ? "" : dying;
  }

  private static boolean isPerPartition(Step step) {
    return step == Step.OLD_MOVED || step == Step.NEW_MOVED;
  }

  /**
   * Kills a run after a while, at whatever step it then is.
   *
   * @param share of the time that a run takes
   */
  List<String> killAfter(double share) throws Exception {
    PublishedOutput published = new PublishedOutput(output);
    return trial(
        arguments -> {
          Process process = start(ScoreMain.class, arguments);
          process.waitFor((long) (share * nanosOfRun), TimeUnit.NANOSECONDS);
          process.destroyForcibly().waitFor();
          return List.of();
        },
        (partition, before, dying) ->
            published.isBetweenRenames(partition) ? List.of("") : List.of(before, dying));
  }

  @FunctionalInterface
  private interface Killing {
    List<String> kill(List<Object> arguments) throws Exception;
  }

  @FunctionalInterface
  private interface Expectation {
    /** Returns the runs whose rows a partition may hold after the kill; empty texts for none. */
    List<String> seen(String partition, String before, String dying) throws IOException;
  }

  private List<String> trial(Killing killing, Expectation expectation) throws Exception {
    runs++;
    String dying = "run-%s-dies".formatted(runs);
    String next = "run-%s-next".formatted(runs);
    PublishedOutput published = new PublishedOutput(output);
    Map<String, String> before = new HashMap<>();
    Map<String, Map<String, String>> files = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    try (OutputReader reader = new OutputReader(output, PARTITIONS, rowsPerPartition)) {
      for (String partition : PARTITIONS) {
        before.put(partition, reader.seen(partition));
        files.put(partition, published.files(partition));
      }

      wrong.addAll(killing.kill(arguments(dying)));
      for (String partition : PARTITIONS) {
        String seen = reader.seen(partition);
        List<String> expected = expectation.seen(partition, before.get(partition), dying);
        if (!expected.contains(seen)) {
          wrong.add("after the kill %s held %s, not %s".formatted(partition, seen, expected));
        } else if (seen.equals(dying)) {
          wrong.addAll(published.faults(partition, dying));
          wrong.addAll(indexFaults(published, partition));
        } else if (!seen.isEmpty() && !published.files(partition).equals(files.get(partition))) {
          wrong.add("after the kill the old files of %s were changed".formatted(partition));
        }
      }

      JobRun again = JobRun.of(arguments(next).toArray());
      if (again.exitCode() != 0) {
        wrong.add(
            "the exit code of the next run was %s: %s".formatted(again.exitCode(), again.err()));
      }

      String run = reader.seen(PARTITIONS.get(0));
      if (!List.of(dying, next).contains(run)) {
        wrong.add("after the next run %s holds %s".formatted(PARTITIONS.get(0), run));
      }

      reader.end();
      for (String partition : PARTITIONS) {
        wrong.addAll(published.faults(partition, run));
        wrong.addAll(indexFaults(published, partition));
        List<String> inTurn = List.of(before.get(partition), "", run);
        if (!isInTurn(reader.history(partition), inTurn)) {
          wrong.add("readers saw %s of %s".formatted(reader.history(partition), partition));
        }
      }

      wrong.addAll(reader.violations());
      looks += reader.looks();
    }

    Map<Long, Integer> found = Scores.of(output.toString());
    if (!found.equals(scores.get(runs % 2))) {
      wrong.add("%s rows are published, or their scores are wrong".formatted(found.size()));
    }

    if (!home.isLocal()) {
      // Without file locks, a run counts as dead only after a while; recovery waits for that.
      JobRun.recovery(output, more);
    }

    published.garbage(PARTITIONS).forEach(name -> wrong.add("left over: " + name));
    if (home.isLocal()) {
      published.unusedIndexes(PARTITIONS).forEach(name -> wrong.add("left over: " + name));
    }

    return wrong;
  }

  private List<String> indexFaults(PublishedOutput published, String partition) throws IOException {
    long first = (long) PARTITIONS.indexOf(partition) * rowsPerPartition;
    return home.isLocal()
        ? published.indexFaults(
            partition, LongStream.range(first, first + rowsPerPartition).boxed().toList())
        : List.of();
  }

  /** Returns whether a history consists of these states in this order; some may be left out. */
  private static boolean isInTurn(List<String> history, List<String> states) {
    int at = 0;
    for (String state : history) {
      while (at < states.size() && !states.get(at).equals(state)) {
        at++;
      }
    }

    return at < states.size() || history.isEmpty();
  }

  private List<Object> arguments(String id) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                models.get(runs % 2),
                "--input",
                input,
                "--output",
                output,
                "--keys",
                "parcel_id",
                "--lookup-index",
                "--run-id",
                id));
    arguments.addAll(more);
    if (fileByFile) {
      arguments.add("--accept-non-atomic");
    }

    return arguments;
  }

  private Process start(Class<?> program, List<Object> arguments) throws IOException {
    job.clear();
    return job.start("killed", program, arguments);
  }

  /** Returns how often readers have read a partition. */
  long looks() {
    return looks;
  }
}
