package io.paritree.serving.models;

import io.paritree.Machine;
import io.paritree.forest.Engine;
import io.paritree.forest.RecheckedRows;
import io.paritree.forest.RecheckedRows.Difference;
import io.paritree.model.Recheck;
import io.paritree.model.ScoringModel;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.queue.BackgroundThread;
import io.paritree.serving.queue.ByteQueue;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores a share of the rows that models have scored again, by their specifications, in a thread of
 * its own: no caller waits for that. A row that differs is counted, the server is degraded from
 * then on, and the log says so once a minute at most. Thread-safe.
 *
 * <p>The log has the bits of both results, not the slots: these are a caller's.
 */
public final class Rechecks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rechecks.class);
  private static final int MOST_BYTES = 4 << 20;
  private static final int LOOK_MILLIS = 200;
  private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final double share;
  private final UnaryOperator<Engine> engines;
  private final ServerMetrics metrics;
  private final ByteQueue<Waiting> queue = new ByteQueue<>(MOST_BYTES);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> BackgroundThread.of(task, "recheck"));
  private volatile Found last; // null until a row differs
  private long logged; // nanosecond clock; of the thread

  /**
   * The last row that differed.
   *
   * @param at when it was found
   * @param values both results
   * @param machine the host and its CPU
   */
  public record Found(Instant at, String modelVersion, String values, String machine) {}

  private record Waiting(ScoringModel model, RecheckedRows rows, Counts counts) {}

  /** Of the rows of a model that is open, by what came of them; each is equal to itself only. */
  private static final class Counts {
    private final CounterDataPoint equal;
    private final CounterDataPoint different;
    private final CounterDataPoint dropped;

    Counts(String model, ServerMetrics metrics) {
      this.equal = metrics.rechecked(model, "equal");
      this.different = metrics.rechecked(model, "different");
      this.dropped = metrics.rechecked(model, "dropped");
    }
  }

  /**
   * @param share of the rows, 0 to 1
   */
  public Rechecks(double share, ServerMetrics metrics) {
    this(share, UnaryOperator.identity(), metrics);
  }

  /**
   * @param share of the rows, 0 to 1
   * @param engines returns what scores in place of a model's engine
   */
  public Rechecks(double share, UnaryOperator<Engine> engines, ServerMetrics metrics) {
    this.share = share;
    this.engines = engines;
    this.metrics = metrics;
  }

  /** Begins to score again. */
  public void begin() {
    if (share > 0) {
      thread.scheduleWithFixedDelay(
          this::checkWaiting, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Returns what scores the rows of a model. */
  Engine engine(ScoringModel model) {
    Engine engine = engines.apply(model.engine());
    if (share <= 0) {
      return engine;
    }

    Counts counts = new Counts(model.name(), metrics);
    return new RecheckedEngine(engine, share, (count, rows) -> add(model, count, rows, counts));
  }

  private void add(ScoringModel model, int count, Supplier<RecheckedRows> rows, Counts counts) {
    Engine engine = model.engine();
    long perRow = Float.BYTES * (long) (engine.width() + engine.outputs() + engine.scores() + 1);
    if (!queue.add(count * perRow, () -> new Waiting(model, rows.get(), counts))) {
      counts.dropped.inc(count);
    }
  }

  private void checkWaiting() {
    Map<Counts, List<Waiting>> byModel = new LinkedHashMap<>();
    for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
      byModel.computeIfAbsent(waiting.counts, none -> new ArrayList<>()).add(waiting);
    }

    for (List<Waiting> all : byModel.values()) {
      ScoringModel model = all.get(0).model;
      RecheckedRows rows = RecheckedRows.joined(all.stream().map(Waiting::rows).toList());
      try {
        check(model, rows, all.get(0).counts);
      } catch (RuntimeException | StackOverflowError e) { // the next ones are scored all the same
        LOG.warn("Cannot score rows of {} again", model.modelVersion(), e);
      }
    }
  }

  private void check(ScoringModel model, RecheckedRows rows, Counts counts) {
    List<Difference> differences = rows.differences(Recheck.second(model));
    counts.equal.inc(rows.places().length - differences.size());
    if (differences.isEmpty()) {
      return;
    }

    counts.different.inc(differences.size());
    boolean isFirst = last == null;
    last =
        new Found(
            Instant.now(),
            model.modelVersion(),
            differences.get(0).values(),
            Machine.here().toString());
    if (isFirst || System.nanoTime() - logged > LOG_NANOS) {
      logged = System.nanoTime();
      LOG.error(
          "Cannot vouch for scores of {} on {}: the {}; the engine, Java's compiler or this machine is at fault, and the server is degraded until it is started again",
          last.modelVersion(),
          last.machine(),
          last.values());
    }
  }

  /**
   * Returns the last row that differed; empty if there was none, and the server is not degraded.
   */
  public Optional<Found> last() {
    return Optional.ofNullable(last);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
