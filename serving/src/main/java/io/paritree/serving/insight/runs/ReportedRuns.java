package io.paritree.serving.insight.runs;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.RunDrift;
import io.paritree.output.RunReport;
import io.paritree.output.StoredAudit;
import io.paritree.output.StoredProfile;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.runs.RunFiles.StoredReport;
import io.paritree.serving.metrics.StoreWaits;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  private static final int MOST_WAITING = 16;
  private static final int MOST_READ = 20;
  private static final long IDLE_SECONDS = 30;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration READING = Duration.ofMillis(800);
  private static final Duration WITHOUT_POLLS = Duration.ofSeconds(5);

  private final ServedOutput output;
  private final StoreWaits waits;
  private final Duration interval;
  private final boolean isPolled;
  private final RunFiles files; // used by the thread only
  private final ThreadPoolExecutor thread;
  private volatile Look last;
  private volatile long busySince; // nanosecond clock; 0 while nothing is read
  private volatile long tooLong; // the busySince of a reading that a request has waited for in vain

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
   * @param poll time between two looks for new partitions; zero for none
   * @param waits limits how many requests wait for stores
   * @param files of the output, which nobody else uses
   */
  ReportedRuns(ServedOutput output, Duration poll, StoreWaits waits, RunFiles files) {
    this.output = output;
    this.waits = waits;
    this.files = files;
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
   * Returns what is made of the report of a run; only one report is in memory at a time.
   *
   * @param name the name of a run's directory, or the id of a run, of which the newest is meant
   * @param made makes it of the report, and of the newest run that began before and has published a
   *     partition
   * @throws ProblemException with 404 if there is none, with 503 if it cannot be read
   */
  <T> T report(String name, BiFunction<StoredReport, Optional<EndedRun>, T> made) {
    Optional<T> found = Optional.empty();
    if (PartitionManifest.isRun(name)) {
      List<EndedRun> all = list().runs();
      String directory =
          all.stream()
              .filter(run -> run.directory().equals(name))
              .findFirst()
              .or(() -> all.stream().filter(run -> run.hasId(name)).findFirst())
              .map(EndedRun::directory)
              .orElse(name);
      found =
          await(
              () ->
                  files
                      .read(directory)
                      .map(stored -> made.apply(stored, published(all, stored.report()))));
    }

    return found.orElseThrow(() -> new ProblemException(Problems.UNKNOWN_RUN.of(output.name())));
  }

  /**
   * Returns a partition with the newest run that has compared it with others: of runs with more
   * partitions than the list has, the newest {@value #MOST_READ} are asked.
   *
   * @return empty if none has
   * @throws ProblemException with 503 if the runs cannot be read
   */
  Optional<Reported> night(String partition) {
    List<EndedRun> runs = list().runs();
    return await(
        () -> {
          int read = 0;
          for (EndedRun run : runs) {
            Optional<Night> night =
                run.nights().stream().filter(one -> one.partition().equals(partition)).findFirst();
            if (night.isEmpty() && run.hasOtherNights() && read < MOST_READ) {
              night = files.night(run.directory(), partition);
              read++;
            }

            if (night.isPresent()) {
              return Optional.of(new Reported(run, night.get()));
            }
          }

          return Optional.empty();
        });
  }

  /**
   * Returns what a run has found out about the rows of a partition, as JSON.
   *
   * @throws ProblemException with 404 if there is nothing, with 503 if it cannot be read
   */
  RunDrift.Partition drift(String directory, String partition) {
    return await(() -> files.drift(directory, partition))
        .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_RUN.of(output.name())));
  }

  /**
   * Returns the comparison of a run with a challenger, as a document; empty if there is none.
   *
   * @throws ProblemException with 503 if it cannot be read
   */
  Optional<byte[]> comparison(String directory, String challenger) {
    return await(() -> files.comparison(directory, challenger));
  }

  /**
   * Returns what is made of that which runs have found out about partitions, in the order in which
   * they are asked for; of the first ones only, if they take long to read. Empty for one of which
   * nothing is known, or cannot be read while others can.
   *
   * @throws ProblemException with 503 if they cannot be read
   */
  <T> List<Optional<T>> drifts(
      List<Reported> wanted, BiFunction<Reported, RunDrift.Partition, T> made) {
    return await(
        () -> {
          long end = System.nanoTime() + READING.toNanos();
          Map<Reported, T> found = new HashMap<>();
          Set<String> read = new HashSet<>();
          int known = 0;
          IOException broken = null; // of one run; others are answered
          for (Reported one : wanted) {
            String directory = one.run().directory();
            if (!read.contains(directory) && !read.isEmpty() && System.nanoTime() > end) {
              break;
            }

            known++;
            if (read.add(directory)) {
              Map<String, Reported> own = ofRun(directory, wanted);
              try {
                files
                    .drifts(directory, own.keySet())
                    .forEach(
                        (name, drift) ->
                            found.put(own.get(name), made.apply(own.get(name), drift)));
              } catch (DamagedFileException | UnfitFileException e) {
                broken = e;
              }
            }
          }

          if (broken != null && found.isEmpty()) {
            throw broken;
          }

          return wanted.subList(0, known).stream()
              .map(one -> Optional.ofNullable(found.get(one)))
              .toList();
        });
  }

  private static Map<String, Reported> ofRun(String directory, List<Reported> wanted) {
    return wanted.stream()
        .filter(one -> one.run().directory().equals(directory))
        .collect(Collectors.toMap(one -> one.night().partition(), Function.identity()));
  }

  /**
   * Returns the profile that a partition was published with; empty if there is none.
   *
   * @throws ProblemException with 503 if it cannot be read
   */
  Optional<StoredProfile> profile(String partition, String identity) {
    return await(() -> files.profile(partition, identity));
  }

  /**
   * Returns what is known of how good the scores were.
   *
   * @param asOf the day that is asked for; empty for the newest
   * @throws ProblemException with 503 if the store cannot be read
   */
  OutcomeFiles.Found outcomes(Optional<String> asOf) {
    return await(() -> files.outcomes(asOf), Problems.UNREADABLE_OUTCOMES);
  }

  /**
   * Returns what the last audit of a partition has found out; empty if none was kept.
   *
   * @throws ProblemException with 503 if it cannot be read
   */
  Optional<StoredAudit> audit(String partition) {
    return await(() -> files.audit(partition), Problems.UNREADABLE_AUDIT);
  }

  private static Optional<EndedRun> published(List<EndedRun> runs, RunReport later) {
    Instant began = Instant.parse(later.start().startedAt());
    return runs.stream()
        .filter(earlier -> earlier.began().isBefore(began))
        .filter(EndedRun::hasPublished)
        .findFirst();
  }

  private boolean isNew(Look look) {
    return look != null
        && System.nanoTime() - look.nanos() < interval.toNanos()
        && (isPolled || look.polledAt().equals(output.polledAt()));
  }

  private <T> T await(Callable<T> reading) {
    return await(reading, Problems.UNREADABLE_RUNS);
  }

  /**
   * @param unreadable what is answered if it cannot be read
   */
  private <T> T await(Callable<T> reading, Problems unreadable) {
    long since = busySince;
    boolean isStuck =
        since != 0 && (since == tooLong || System.nanoTime() - since > WAIT.toNanos());
    if (isStuck || !waits.enter()) {
      throw slow(unreadable);
    }

    Future<T> result = null;
    try {
      result = thread.submit(() -> timed(reading));
      return result.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      tooLong = busySince;
      result.cancel(false); // if it has begun, the next request has its result
      throw slow(unreadable);
    } catch (RejectedExecutionException e) {
      throw slow(unreadable);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw slow(unreadable);
    } catch (ExecutionException e) {
      LOG.debug("Scores {}: a run cannot be read", output.name(), e.getCause());
      throw new ProblemException(unreadable.of(RunFiles.forCallers(e.getCause())));
    } finally {
      waits.leave();
    }
  }

  private static ProblemException slow(Problems unreadable) {
    return new ProblemException(unreadable.of("The output's store has not answered yet"));
  }

  private <T> T timed(Callable<T> reading) throws Exception {
    busySince = System.nanoTime() | 1;
    try {
      return reading.call();
    } finally {
      busySince = 0;
    }
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
      found = new Look(files.ended(), nanos, polledAt, "");
    } catch (IOException | RuntimeException e) {
      if (before == null || before.failure().isEmpty()) {
        LOG.warn("Scores {}: the runs cannot be read: {}", output.name(), e.getMessage());
      }

      List<EndedRun> earlier = before == null ? List.of() : before.runs();
      found = new Look(earlier, nanos, polledAt, RunFiles.forCallers(e));
    }

    last = found;
    return found;
  }
}
