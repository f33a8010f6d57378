package io.paritree.serving.insight.traffic;

import io.paritree.comparison.ModelPair;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.record.RecordValues;
import io.paritree.serving.metrics.BackgroundThread;
import io.paritree.serving.metrics.ByteQueue;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The challenger of one served model: its rows wait here, and a thread of lower priority scores
 * them in blocks.
 *
 * <p>A request copies its rows and goes on; what finds no room is dropped. Whatever a challenger
 * does, it does to this thread alone. Each row that the champion scores is compared, dropped or
 * failed, and counted once. Thread-safe.
 */
public final class Shadow implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shadow.class);
  private static final int[] NONE = {};
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long FAILURE_LOGGED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String name;
  private final Supplier<ScoringModel> champion;
  private final Supplier<Optional<ScoringModel>> challenger;
  private final int movers;
  private final InstantSource clock;
  private final UnaryOperator<Engine> scoring;
  private final ByteQueue<ShadowRows> queue;
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Thread thread;
  private volatile ShadowComparison current; // null while there is no challenger
  private volatile boolean isEnding;
  private ScoringModel unfitChampion; // of two that cannot be compared; as long as they are there
  private ScoringModel unfitChallenger;
  private ShadowComparison gatheredOf; // null if there is no block; the thread's, as what follows
  private ShadowBlock block;
  private long gathered; // rows of the block, and of those that it could not take
  private long failureLogged = System.nanoTime() - FAILURE_LOGGED_NANOS;

  /**
   * @param name what is shadowed, for messages
   * @param champion returns the model in service
   * @param challenger returns the model that may take its place; empty until it is open
   * @param queueBytes bytes of rows that may wait
   * @param movers how many of the rows that move most are kept
   */
  public Shadow(
      String name,
      Supplier<ScoringModel> champion,
      Supplier<Optional<ScoringModel>> challenger,
      long queueBytes,
      int movers,
      InstantSource clock) {
    this(name, champion, challenger, queueBytes, movers, clock, UnaryOperator.identity());
  }

  /**
   * @param scoring returns what scores in place of a challenger's engine
   */
  Shadow(
      String name,
      Supplier<ScoringModel> champion,
      Supplier<Optional<ScoringModel>> challenger,
      long queueBytes,
      int movers,
      InstantSource clock,
      UnaryOperator<Engine> scoring) {
    this.name = name;
    this.champion = champion;
    this.challenger = challenger;
    this.movers = movers;
    this.clock = clock;
    this.scoring = scoring;
    this.queue = new ByteQueue<>(queueBytes);
    this.thread = BackgroundThread.of(this::run, "shadow of " + name);
  }

  /** Begins to score. */
  public void begin() {
    thread.start();
  }

  /**
   * Begins a new comparison if one of the models is another version now; somebody calls this some
   * times a second. One caller at a time.
   */
  public void refresh() {
    ScoringModel now = champion.get();
    ScoringModel other = challenger.get().orElse(null);
    ShadowComparison before = current;
    boolean isKnown = before != null && other != null && before.has(now, other);
    if (other == null || isKnown || now == unfitChampion && other == unfitChallenger) {
      return;
    }

    try {
      ModelPair models = new ModelPair(now, other);
      Engine engine = scoring.apply(other.engine());
      if (before != null && before.isOf(now, other)) {
        before.renew(models, engine); // the same versions were opened again
      } else {
        current = new ShadowComparison(models, engine, movers, clock.instant());
      }
    } catch (RuntimeException | Error e) {
      current = null;
      unfitChampion = now;
      unfitChallenger = other;
      LOG.warn("Cannot compare {} with {}", now.modelVersion(), other.modelVersion(), e);
    }
  }

  /**
   * Returns which values of the champion's fields a request has to keep, as indexes; empty if none
   * are needed. Not to be changed.
   */
  public int[] kept() {
    ShadowComparison now = current;
    return now == null ? NONE : now.kept();
  }

  /**
   * Adds rows of a request that a version of the champion has scored; never waits.
   *
   * @param requestId by what the request is found again; null if nobody knows
   * @param places position of each row in the request, from 0
   * @param slots row after row; this and the other arrays may be longer than the rows need
   * @param values of the rows, with the {@link #kept} ones at least; null if none are kept
   */
  public void add(
      ScoringModel by,
      String requestId,
      int rows,
      Supplier<long[]> places,
      float[] slots,
      float[] margins,
      float[] scores,
      RecordValues values) {
    ShadowComparison now = current;
    if (rows == 0) {
      return;
    }

    if (now == null || !now.isOf(by)) {
      dropped.addAndGet(rows);
      return;
    }

    if (!hasKept(values, now)) {
      drop(rows, now);
      return;
    }

    String id = requestId == null ? "" : requestId;
    long[] all = places.get();
    for (int from = 0; from < rows; from += now.block()) {
      int first = from;
      int last = Math.min(first + now.block(), rows);
      boolean hasRoom =
          queue.add(
              now.bytes(first, last, id, values),
              () -> now.copy(id, all, first, last, slots, margins, scores, values));
      if (!hasRoom) {
        drop(last - first, now);
      }
    }
  }

  private static boolean hasKept(RecordValues values, ShadowComparison now) {
    for (int field : now.kept()) {
      if (values == null || !values.keeps(field)) {
        return false; // the request began when other values were needed
      }
    }

    return true;
  }

  private void drop(long rows, ShadowComparison of) {
    of.addDropped(rows);
    dropped.addAndGet(rows);
  }

  private void run() {
    while (!isEnding) {
      try {
        empty();
      } catch (RuntimeException | Error e) {
        fail(e);
      }

      LockSupport.parkNanos(PAUSE_NANOS); // some rows are scored together, and not for long
    }
  }

  private void empty() {
    for (ShadowRows rows = queue.poll(); rows != null && !isEnding; rows = queue.poll()) {
      if (rows.of() != current) {
        drop(rows.count(), rows.of());
        continue;
      }

      if (rows.of() != gatheredOf || !block.hasRoom(rows)) {
        compare();
      }

      gather(rows);
    }

    compare();
    if (gatheredOf != current || block != null && !block.isScoredBy(gatheredOf.engine())) {
      forget(); // so that it keeps no model that has been replaced
    }
  }

  private void gather(ShadowRows rows) {
    gathered += rows.count();
    try {
      if (rows.of() != gatheredOf) {
        gatheredOf = rows.of();
        block = gatheredOf.newBlock();
      }

      block.add(rows);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void compare() {
    if (gathered == 0) {
      return;
    }

    try {
      block.score();
      gatheredOf.add(block, clock.instant());
      compared.addAndGet(gathered);
      block.clear();
      gathered = 0;
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Gives up the gathered rows, and continues with the next ones. */
  private void fail(Throwable cause) {
    if (gatheredOf != null) {
      gatheredOf.addFailed(gathered);
    }

    failed.addAndGet(gathered);
    forget();
    long now = System.nanoTime();
    if (now - failureLogged >= FAILURE_LOGGED_NANOS) {
      failureLogged = now;
      LOG.warn("The challenger of {} has failed for rows; callers do not notice", name, cause);
    }
  }

  private void forget() {
    gathered = 0;
    gatheredOf = null;
    block = null;
  }

  /**
   * Returns the comparison of now as a document; empty while there is no challenger.
   *
   * @see io.paritree.comparison.Comparison#toJson
   */
  public Optional<byte[]> document() {
    return Optional.ofNullable(current).map(now -> now.document(clock.instant()));
  }

  /** Returns the version of the challenger that is compared; empty while there is none. */
  public Optional<String> challenger() {
    return Optional.ofNullable(current).map(ShadowComparison::challenger);
  }

  /** Returns how many rows were compared since the start, with any version. */
  public long compared() {
    return compared.get();
  }

  /** Returns how many rows were not compared since the start, since there was no time or model. */
  public long dropped() {
    return dropped.get();
  }

  /** Returns how many rows were not compared since the start, since the challenger has failed. */
  public long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    isEnding = true;
    LockSupport.unpark(thread);
  }
}
