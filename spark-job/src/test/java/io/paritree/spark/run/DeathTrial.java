package io.paritree.spark.run;

import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Kills runs of the job, in this JVM or each in its own one, and checks what readers see: during
 * the run, after the kill, and after the next run.
 *
 * <p>After the kill, a partition must hold the same files as before, or all rows that the run has
 * scored. It may be absent if it was absent before, or if the run was killed between its two
 * renames. On a store that moves files one by one, a reader that waits for {@code _SUCCESS} may
 * find none after any kill while partitions are moved. After the next run, all partitions must hold
 * all rows of one run, with the scores that the model's specification gives, and nothing else. Not
 * thread-safe.
 */
final class DeathTrial {
  private final MortalJob job;
  private final Optional<StoredObjects> objects; // of an object store
  private final List<Map<Long, Integer>> scores = new ArrayList<>();
  private int runs;
  private final List<String> partitions;
  private long looks;

  DeathTrial(MortalJob job) throws Exception {
    this(job, Optional.empty());
  }

  private DeathTrial(MortalJob job, Optional<StoredObjects> objects) throws Exception {
    this.job = job;
    this.objects = objects;
    this.partitions = job.partitions();
    for (int run = 0; run < 2; run++) {
      int rows = job.rowsPerPartition() * partitions.size();
      scores.add(ScoringJobTest.expected(job.model(run), 0, rows));
    }
  }

  /** Returns a trial on HDFS, where a run counts as dead after half a second. */
  static DeathTrial onHdfs(Path directory, Location place, int rows) throws Exception {
    return new DeathTrial(
        new MortalJob(
            directory,
            place,
            MortalJob.FEW,
            rows,
            "lock-beat-seconds = 0.1, lock-stale-seconds = 0.5"));
  }

  /** Returns a trial on S3, where a run counts as dead after three seconds. */
  static DeathTrial onS3(Path directory, S3Server server, int partitions, int rows)
      throws Exception {
    MortalJob job =
        new MortalJob(
            directory,
            server.resolve("trial"),
            partitions,
            rows,
            "lock-beat-seconds = 0.3, lock-stale-seconds = 3",
            server.javaOption());
    Path local = directory.resolve("objects");
    return new DeathTrial(job, Optional.of(new StoredObjects(server, job.home(), local)));
  }

  /** Prepares for many processes. */
  void archive() throws Exception {
    job.archive();
  }

  /** Prepares for kills after a share of the time that a process takes. */
  void time() throws Exception {
    job.time();
  }

  /** Removes the output and its state, so that the next publication is the first one. */
  void forgetOutput() throws IOException {
    job.forgetOutput();
  }

  /** Publishes if nothing is published yet, so that the next publication replaces it. */
  void ensureOutput() throws IOException {
    if (FileStore.of(job.home()).find(job.output()).isEmpty()) {
      runs++;
      JobRun run = JobRun.of(job.arguments(runs, "run-%s-first".formatted(runs)).toArray());
      if (run.exitCode() != 0) {
        throw new IllegalStateException(run.err());
      }
    }
  }

  /**
   * Kills a run in this JVM at a step, then runs again.
   *
   * @param occurrence at which occurrence of the step
   * @return what was wrong; empty if nothing was
   */
  List<String> killAt(Step fatal, int occurrence) throws Exception {
    return trial(
        (arguments, reader, check, wrong) -> {
          wrong.addAll(new JobDeath(job.home(), reader.turn(), fatal, occurrence).of(arguments));
          return false;
        },
        seenAfter(fatal));
  }

  /** As {@link #killAt}, but the run has a process of its own, which is killed. */
  List<String> killProcessAt(Step fatal, int occurrence) throws Exception {
    return trial(
        (arguments, reader, check, wrong) -> {
          List<Object> dying = new ArrayList<>(List.of("die", fatal.name(), occurrence));
          dying.addAll(arguments);
          int exitCode = JobProcess.exitCode(job.start(ObservedJob.class, dying));
          if (exitCode != ObservedJob.KILLED) {
            wrong.add("it should have been killed, but its exit code was %s".formatted(exitCode));
          }

          return false;
        },
        seenAfter(fatal));
  }

  private Expectation seenAfter(Step fatal) {
    if (job.movesFileByFile()) {
      return (partition, before, dying) -> List.of(before, "", dying);
    }

    if (fatal.compareTo(Step.SWAP_BEGUN) > 0 && fatal.compareTo(Step.REPORT_MOVED) < 0) {
      return this::seenWhileMoved;
    }

    return (partition, before, dying) ->
        List.of(fatal.compareTo(Step.SWAP_BEGUN) <= 0 ? before : dying);
  }

  /** Partitions are moved at the same time: each is done, half done, or not begun. */
  private List<String> seenWhileMoved(String partition, String before, String dying)
      throws IOException {
    return new PublishedOutput(job.output()).isBetweenRenames(partition)
        ? List.of("")
        : List.of(before, dying);
  }

  /** Kills a run and recoveries while they publish to S3; then runs again, if it is not done. */
  List<String> killInPublishing(PublishingKills kills, int most) throws Exception {
    return trial(
        (arguments, reader, check, wrong) -> kills.kill(arguments, most, check, wrong),
        (partition, before, dying) -> List.of(before, "", dying));
  }

  /** Returns how to kill on S3. */
  PublishingKills kills(Random random) {
    return new PublishingKills(job, objects.orElseThrow(), random);
  }

  /**
   * Kills a run after a while, at whatever step it then is.
   *
   * @param share of the time that a run takes
   */
  List<String> killAfter(double share) throws Exception {
    return trial(
        (arguments, reader, check, wrong) -> {
          Process process = job.start(ScoreMain.class, arguments);
          process.waitFor((long) (share * job.nanosOfRun()), TimeUnit.NANOSECONDS);
          process.destroyForcibly().waitFor();
          return false;
        },
        this::seenWhileMoved);
  }

  @FunctionalInterface
  private interface Killing {
    /** Kills; returns whether a recovery has finished what was killed. */
    boolean kill(
        List<Object> arguments,
        OutputReader reader,
        PublishingKills.Check check,
        List<String> wrong)
        throws Exception;
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
    Map<String, Map<String, String>> files = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    ReaderView view = view();
    Location place;
    try (OutputReader reader = new OutputReader(view)) {
      PublishedOutput published = new PublishedOutput(checked());
      Map<String, String> before = view.now();
      for (String partition : partitions) {
        files.put(partition, published.files(partition));
      }

      PublishingKills.Check check = () -> afterKill(view, expectation, dying, before, files);
      boolean isFinished = killing.kill(job.arguments(runs, dying), reader, check, wrong);
      wrong.addAll(check.wrong());
      if (!isFinished) {
        JobRun again = JobRun.of(job.arguments(runs, next).toArray());
        if (again.exitCode() != 0) {
          wrong.add(
              "the exit code of the next run was %s: %s".formatted(again.exitCode(), again.err()));
        }
      }

      place = checked();
      published = new PublishedOutput(place);
      String run = view.now().get(partitions.get(0));
      if (!run.equals(dying) && (isFinished || !run.equals(next))) {
        wrong.add("after the next run %s holds %s".formatted(partitions.get(0), run));
      }

      reader.end();
      for (String partition : partitions) {
        wrong.addAll(published.faults(partition, run));
        wrong.addAll(indexFaults(published, partition));
        List<String> inTurn = List.of(before.get(partition), "", run);
        if (!isInTurn(reader.history(partition), inTurn)) {
          wrong.add("readers saw %s of %s".formatted(reader.history(partition), partition));
        }
      }

      wrong.addAll(view.violations());
      looks += reader.looks();
    }

    wrong.addAll(scoreFaults(place));
    if (!job.home().isLocal()) {
      // Without file locks, a run counts as dead only after a while; recovery waits for that.
      job.recover();
    }

    PublishedOutput published = new PublishedOutput(job.output());
    published.garbage(partitions).forEach(name -> wrong.add("left over: " + name));
    if (job.home().isLocal()) {
      published.unusedIndexes(partitions).forEach(name -> wrong.add("left over: " + name));
      wrong.addAll(published.profileFaults(partitions));
    }

    return wrong;
  }

  private List<String> afterKill(
      ReaderView view,
      Expectation expectation,
      String dying,
      Map<String, String> before,
      Map<String, Map<String, String>> files)
      throws IOException {
    PublishedOutput published = new PublishedOutput(checked());
    Map<String, String> after = view.now();
    List<String> wrong = new ArrayList<>();
    for (String partition : partitions) {
      String seen = after.get(partition);
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

    return wrong;
  }

  private ReaderView view() throws IOException {
    return objects.isPresent()
        ? new ObjectView(objects.get(), job.output().name(), partitions, job.rowsPerPartition())
        : new DirectoryView(job.output(), partitions, job.rowsPerPartition());
  }

  /** Returns where the output can be checked as it is now: a copy of it, if it is on S3. */
  private Location checked() throws IOException {
    if (objects.isEmpty()) {
      return job.output();
    }

    Location state = StateDirectory.of(job.output());
    List<String> parts = List.of(below(job.output()), below(StateDirectory.indexes(state)));
    return Location.of(objects.get().copy(parts).resolve(job.output().name()));
  }

  private String below(Location directory) {
    return directory.toString().substring(job.home().toString().length() + 1);
  }

  /** Returns whether the rows of the last run are not what a reader of the output gets. */
  List<String> scoreFaults(Location output) {
    Map<Long, Integer> found = Scores.of(output.toString());
    return found.equals(scores.get(runs % 2))
        ? List.of()
        : List.of("%s rows are published, or their scores are wrong".formatted(found.size()));
  }

  private List<String> indexFaults(PublishedOutput published, String partition) throws IOException {
    long first = (long) partitions.indexOf(partition) * job.rowsPerPartition();
    return job.home().isLocal() || objects.isPresent()
        ? published.indexFaults(
            partition, LongStream.range(first, first + job.rowsPerPartition()).boxed().toList())
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

  /** Returns whether the rows of the last run are not what a reader of the output gets. */
  List<String> scoreFaults() {
    return scoreFaults(job.output());
  }

  /** Returns how often readers have read a partition. */
  long looks() {
    return looks;
  }
}
