package io.paritree.spark.run;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Kills runs that publish to a Delta table, each in its own JVM, while a reader polls the table.
 *
 * <p>At every moment the table must hold all rows of one run, or, before the first one, none: there
 * is no gap and no mix. After the kill and after the next run, its rows must have the scores that
 * the model's specification gives. Not thread-safe.
 */
final class TableDeathTrial {
  private static final List<String> PARTITIONS = List.of("day=1", "day=2", "day=3");

  private final int rows;
  private final List<String> models;
  private final List<Map<Long, Integer>> scores = new ArrayList<>();
  private final Path input;
  private final Location table;
  private final List<Object> more;
  private final PackagedJob job;
  private final AtomicLong reads = new AtomicLong();
  private int runs;

  /**
   * @param directory for models, input and logs, on a local disk
   * @param home where the table is
   * @param rows rows of the input, in three partitions of two files each
   */
  TableDeathTrial(Path directory, Location home, int rows, String... javaOptions) throws Exception {
    this.rows = rows;
    this.input = directory.resolve("in");
    this.table = home.resolve("table");
    Path conf = directory.resolve("trial.conf");
    Files.writeString(conf, "scoring-job { lock-beat-seconds = 0.3, lock-stale-seconds = 3 }");
    this.more = List.of("--conf", conf);
    TestPackages packages = new TestPackages(directory.resolve("models"));
    this.models = List.of(packages.binary(1, 5).toString(), packages.binary(2, 6).toString());
    int perPartition = rows / PARTITIONS.size();
    for (int index = 0; index < PARTITIONS.size(); index++) {
      Parcels.write(
          input.resolve(PARTITIONS.get(index)).toString(),
          index * perPartition,
          (index + 1) * perPartition,
          2);
    }

    List<String> options = new ArrayList<>(List.of(javaOptions));
    options.add("-Dspark.databricks.delta.snapshotPartitions=2");
    options.add("-Dspark.sql.shuffle.partitions=2");
    this.job = new PackagedJob(directory.resolve("job"), options.toArray(String[]::new));
    JobRun first = JobRun.of(arguments("first").toArray());
    if (first.exitCode() != 0) {
      throw new IllegalStateException("Cannot publish to the table: " + first.err());
    }

    for (String model : models) {
      scores.add(ScoringJobTest.expected(model, 0, perPartition * PARTITIONS.size()));
    }
  }

  /** Lets the runs start sooner, if there are many. */
  void archiveClasses() throws IOException, InterruptedException {
    List<Object> again = arguments("archive");
    again.add("--force");
    job.archive(again);
  }

  private List<Object> arguments(String run) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", models.get(runs % 2), "--input", input, "--keys", "parcel_id"));
    arguments.addAll(List.of("--table", table, "--create-table", "--run-id", run));
    arguments.addAll(List.of("--drift", "gate"));
    arguments.addAll(more);
    return arguments;
  }

  /** Kills a run at a step, then runs again; returns what was wrong. */
  List<String> killAt(Step fatal) throws Exception {
    return kill("die", fatal, true);
  }

  /** Kills a run some time after it has verified its files, then runs again. */
  List<String> killAfter(long millis) throws Exception {
    return kill("die:" + millis, Step.VERIFIED, false);
  }

  private List<String> kill(String how, Step step, boolean isCertain) throws Exception {
    Map<Long, Integer> before = scores.get(runs % 2);
    runs++;
    Map<Long, Integer> after = scores.get(runs % 2);
    List<String> wrong = new ArrayList<>();
    try (Reader reader = new Reader()) {
      List<Object> dying = new ArrayList<>(List.of(how, step.name(), 1));
      dying.addAll(arguments("dies-" + runs));
      job.clear();
      int exitCode = JobProcess.exitCode(job.start("killed", ObservedJob.class, dying));
      if (exitCode != ObservedJob.KILLED && (isCertain || exitCode != 0)) {
        wrong.add("the killed run ended with %s: %s".formatted(exitCode, job.log("killed")));
      }

      Map<Long, Integer> found = found();
      boolean mayBeOld = !isCertain || step.compareTo(Step.COMMITTED) < 0;
      boolean mayBeNew = !isCertain || step.compareTo(Step.COMMITTED) >= 0;
      if (!(mayBeOld && found.equals(before)) && !(mayBeNew && found.equals(after))) {
        wrong.add(
            "after the kill the table has %s rows, and not the right ones".formatted(found.size()));
      }

      JobRun next = JobRun.of(arguments("next-" + runs).toArray());
      if (next.exitCode() != 0) {
        wrong.add("the next run ended with %s: %s".formatted(next.exitCode(), next.err()));
      } else if (!found().equals(after)) {
        wrong.add("after the next run the table does not have its rows");
      }

      reader.end();
      wrong.addAll(reader.violations);
      if (reader.history.size() > 2) {
        wrong.add("readers saw %s".formatted(reader.history));
      }
    }

    if (!table.isLocal()) {
      // Without file locks, a run counts as dead only after a while; recovery waits for that.
      JobRun.recovery(table, more);
    }

    Location state = table.parent().resolve("_paritree").resolve(table.name());
    FileStore.of(state).list(state).stream()
        .map(entry -> entry.location().name())
        .filter(name -> !Set.of("runs", "running", "lock", "profiles").contains(name))
        .filter(name -> !name.startsWith("written-")) // what runs have published
        .forEach(name -> wrong.add("left over: " + name));

    return wrong;
  }

  private Map<Long, Integer> found() {
    Map<Long, Integer> found = new TreeMap<>();
    for (Row row : read().select("parcel_id", "score").collectAsList()) {
      if (found.put(row.getLong(0), Float.floatToRawIntBits(row.getFloat(1))) != null) {
        found.put(-1L, 0); // a key that occurs twice
      }
    }

    return found;
  }

  private Dataset<Row> read() {
    return TestSpark.interpreting().read().format("delta").load(table.toString());
  }

  /** Returns how often readers have read the table. */
  long reads() {
    return reads.get();
  }

  /**
   * Polls the table until it is ended: it lists the files all the time, and reads after changes.
   */
  private final class Reader implements AutoCloseable {
    private final Set<String> violations = ConcurrentHashMap.newKeySet();
    private final Set<String> history = new LinkedHashSet<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread = new Thread(this::poll, "reader");

    private Reader() {
      thread.start();
    }

    private void poll() {
      List<FileEntry> known = null; // the files before the last read
      while (!ended.get()) {
        List<FileEntry> files = files();
        if (files.equals(known)) {
          LockSupport.parkNanos(2_000_000);
          continue;
        }

        known = files;
        Map<String, Long> seen = new LinkedHashMap<>();
        for (Row row :
            read()
                .groupBy("model_version")
                .agg(functions.count_distinct(functions.col("parcel_id")), functions.count("*"))
                .collectAsList()) {
          seen.put(row.getString(0), row.getLong(2));
          if (row.getLong(1) != row.getLong(2)) {
            violations.add("rows occur twice");
          }
        }

        if (seen.size() != 1 || !seen.containsValue((long) rows)) {
          violations.add("a reader saw " + seen);
        }

        history.addAll(seen.keySet());
        reads.incrementAndGet();
      }
    }

    private List<FileEntry> files() {
      try {
        FileStore store = FileStore.of(table);
        List<FileEntry> files = new ArrayList<>();
        for (FileEntry entry : store.list(table)) {
          files.addAll(entry.isDirectory() ? store.list(entry.location()) : List.of(entry));
        }

        return files;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void end() {
      ended.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      end();
    }
  }
}
