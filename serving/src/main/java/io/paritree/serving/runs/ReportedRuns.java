package io.paritree.serving.runs;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of one output that have ended, read from its store when they are asked for.
 *
 * <p>A thread of its own reads, which ends when nothing is asked for. A request waits for it for a
 * short time, and not at all while an earlier reading hangs. The list is read once in the time
 * between two looks for partitions at most, and of its reports only those that are new.
 * Thread-safe.
 */
final class ReportedRuns {
  private static final Logger LOG = LoggerFactory.getLogger(ReportedRuns.class);

  private static final int MAX_ENTRIES = 100_000;
  private static final int MOST_RUNS = 500;
  private static final int MOST_WAITING = 16;
  private static final int KEPT_REPORTS = 8;
  private static final int KEPT_BYTES = 1 << 18;
  private static final long IDLE_SECONDS = 30;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration WITHOUT_POLLS = Duration.ofSeconds(5);

  private final ServedOutput output;
  private final Duration interval;
  private final boolean isPolled;
  private final ThreadPoolExecutor thread;
  private volatile Look last;
  private volatile long busySince; // nanosecond clock; 0 while nothing is read

  // The rest is used by the thread only.
  private FileStore store;
  private Location runs;
  private Map<String, EndedRun> known = Map.of();
  private final Map<String, StoredReport> reports =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, StoredReport> eldest) {
          return size() > KEPT_REPORTS;
        }
      };

  /**
   * What the last look for runs has found.
   *
   * @param runs newest first; those of an earlier look if this one has failed
   * @param nanos nanosecond clock
   * @param polledAt when the output was polled before it
   * @param failure why it has failed, for callers; empty if it has not
   */
  record Look(List<EndedRun> runs, long nanos, Instant polledAt, String failure) {}

  /**
   * A report with what lies beside it.
   *
   * @param bytes of the report's file
   */
  record StoredReport(String directory, RunReport report, int bytes, boolean hasLineage) {}

  /**
   * @param poll time between two looks for new partitions; zero for none
   */
  ReportedRuns(ServedOutput output, Duration poll) {
    this.output = output;
    this.isPolled = !poll.isZero();
    this.interval = isPolled ? poll : WITHOUT_POLLS;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread reading = new Thread(task, "runs of " + output.name());
              reading.setDaemon(true);
              return reading;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Returns the runs.
   *
   * @throws ProblemException with 503 if they have never been read, and cannot be
   */
  Look list() {
    Look now = last;
    if (isNew(now)) {
      return now;
    }

    try {
      now = await(this::look);
    } catch (ProblemException e) {
      if (now == null) {
        throw e;
      }

      return new Look(now.runs(), now.nanos(), now.polledAt(), e.problem().detail());
    }

    if (now.runs().isEmpty() && !now.failure().isEmpty()) {
      throw new ProblemException(Problems.UNREADABLE_RUNS.of(now.failure()));
    }

    return now;
  }

  /**
   * Returns the report of a run.
   *
   * @param name the name of a run's directory, or the id of a run, of which the newest is meant
   * @throws ProblemException with 404 if there is none, with 503 if it cannot be read
   */
  StoredReport report(String name) {
    Optional<StoredReport> found = Optional.empty();
    if (PartitionManifest.isRun(name)) {
      Optional<EndedRun> listed =
          list().runs().stream().filter(run -> run.directory().equals(name)).findFirst();
      if (listed.isEmpty()) {
        listed = list().runs().stream().filter(run -> run.hasId(name)).findFirst();
      }

      String directory = listed.map(EndedRun::directory).orElse(name);
      found = await(() -> read(directory));
    }

    return found.orElseThrow(() -> new ProblemException(Problems.UNKNOWN_RUN.of(output.name())));
  }

  /** Returns the newest run that began before another one and has published a partition. */
  Optional<EndedRun> published(StoredReport before) {
    EndedRun run = EndedRun.of(before.directory(), 0, before.report());
    return list().runs().stream()
        .filter(earlier -> earlier.began().isBefore(run.began()))
        .filter(EndedRun::hasPublished)
        .findFirst();
  }

  private boolean isNew(Look look) {
    return look != null
        && System.nanoTime() - look.nanos() < interval.toNanos()
        && (isPolled || look.polledAt().equals(output.polledAt()));
  }

  private <T> T await(Callable<T> reading) {
    long since = busySince;
    if (since != 0 && System.nanoTime() - since > WAIT.toNanos()) {
      throw slow();
    }

    Future<T> result = null;
    try {
      result = thread.submit(() -> timed(reading));
      return result.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      result.cancel(false); // if it has begun, the next request has its result
      throw slow();
    } catch (RejectedExecutionException e) {
      throw slow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw slow();
    } catch (ExecutionException e) {
      LOG.debug("Scores {}: a run cannot be read", output.name(), e.getCause());
      throw new ProblemException(Problems.UNREADABLE_RUNS.of(forCallers(e.getCause())));
    }
  }

  private ProblemException slow() {
    return new ProblemException(
        Problems.UNREADABLE_RUNS.of("The output's store has not answered yet"));
  }

  private <T> T timed(Callable<T> reading) throws Exception {
    busySince = System.nanoTime() | 1;
    try {
      return reading.call();
    } finally {
      busySince = 0;
    }
  }

  /** Returns what callers read of a failure: no places of the server. */
  private static String forCallers(Throwable failure) {
    return failure instanceof DamagedFileException || failure instanceof UnfitFileException
        ? "The report is not whole, or too long"
        : "The output's store cannot be read now";
  }

  private Look look() {
    Look before = last;
    if (isNew(before)) {
      return before; // of a request that has waited at the same time
    }

    Instant polledAt = output.polledAt();
    long nanos = System.nanoTime();
    Look found;
    try {
      found = new Look(ended(), nanos, polledAt, "");
    } catch (IOException | RuntimeException e) {
      if (before == null || before.failure().isEmpty()) {
        LOG.warn("Scores {}: the runs cannot be read: {}", output.name(), e.getMessage());
      }

      List<EndedRun> earlier = before == null ? List.of() : before.runs();
      found = new Look(earlier, nanos, polledAt, forCallers(e));
    }

    last = found;
    return found;
  }

  private List<EndedRun> ended() throws IOException {
    runs = null; // the output's record may name another state directory now
    connect();
    List<FileEntry> directories = new ArrayList<>();
    for (FileEntry entry : store.listOrNone(runs, MAX_ENTRIES)) {
      if (entry.isDirectory() && PartitionManifest.isRun(entry.location().name())) {
        directories.add(entry);
      }
    }

    directories.sort(Comparator.comparingLong(FileEntry::modifiedMillis).reversed());
    Map<String, EndedRun> now = new HashMap<>();
    List<EndedRun> all = new ArrayList<>();
    for (FileEntry directory : directories.subList(0, Math.min(MOST_RUNS, directories.size()))) {
      EndedRun run = known.get(directory.location().name());
      if (run == null || !run.problem().isEmpty()) {
        run = ended(directory).orElse(null);
      }

      if (run != null) {
        now.put(run.directory(), run);
        all.add(run);
      }
    }

    known = now;
    all.sort(EndedRun.NEWEST_FIRST);
    return List.copyOf(all);
  }

  private void connect() throws IOException {
    if (runs == null) {
      store = FileStore.of(output.location());
      Location real = store.real(output.location());
      runs = StateDirectory.runs(StateDirectory.of(real, StateDirectory.recorded(store, real)));
    }
  }

  /** Returns the run of a directory; empty if it has no report. */
  private Optional<EndedRun> ended(FileEntry directory) {
    String name = directory.location().name();
    long modified = directory.modifiedMillis();
    try {
      Location file = directory.location().resolve(StateDirectory.REPORT);
      byte[] content = store.readAtMost(file, RunReport.MAX_BYTES);
      return Optional.of(EndedRun.of(name, modified, RunReport.fromJson(content, file.toString())));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      EndedRun before = known.get(name);
      if (before == null) {
        LOG.warn("Scores {}: {}", output.name(), e.getMessage());
      }

      return Optional.of(EndedRun.unreadable(name, modified, forCallers(e)));
    }
  }

  private Optional<StoredReport> read(String directory) throws IOException {
    connect();
    StoredReport kept = reports.get(directory);
    if (kept != null && kept.hasLineage()) {
      return Optional.of(kept);
    }

    Location run = runs.resolve(directory);
    try {
      RunReport report;
      int bytes;
      if (kept == null) {
        Location file = run.resolve(StateDirectory.REPORT);
        byte[] content = store.readAtMost(file, RunReport.MAX_BYTES);
        report = RunReport.fromJson(content, file.toString());
        bytes = content.length;
      } else {
        report = kept.report();
        bytes = kept.bytes();
      }

      boolean hasLineage = store.find(run.resolve(StateDirectory.LINEAGE)).isPresent();
      StoredReport read = new StoredReport(directory, report, bytes, hasLineage);
      if (bytes <= KEPT_BYTES) {
        reports.put(directory, read);
      }

      return Optional.of(read);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }
}
