package io.paritree.serving.models;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a model has been asked since it was loaded: requests, rows and the time of each stage, in
 * every protocol.
 *
 * <p>Thread-safe; takes no lock.
 */
public final class ModelStatistics {
  /** Sizes beyond this many are counted together: callers choose them. */
  private static final int MAX_SIZES = 1_000;

  private final LongAdder answeredNanos = new LongAdder();
  private final LongAdder waitedNanos = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder failedNanos = new LongAdder();
  private final Stages one = new Stages();
  private final Map<Integer, Stages> others = new ConcurrentHashMap<>();
  private final Stages rest = new Stages();
  private final LongAdder restRows = new LongAdder();
  private volatile long lastMillis;

  /** How often something happened, and how long it took in all. */
  public record Total(long count, long nanos) {}

  /** The stages of requests: records to slots, slots to scores, scores to the answer. */
  public static final class Stages {
    private final LongAdder count = new LongAdder();
    private final LongAdder reading = new LongAdder();
    private final LongAdder scoring = new LongAdder();
    private final LongAdder writing = new LongAdder();

    private Stages() {}

    public Total reading() {
      return new Total(count.sum(), reading.sum());
    }

    public Total scoring() {
      return new Total(count.sum(), scoring.sum());
    }

    public Total writing() {
      return new Total(count.sum(), writing.sum());
    }
  }

  /**
   * Begins a request.
   *
   * @param waitedNanos how long it has waited for its turn
   */
  public Inference begin(long waitedNanos) {
    return new Inference(waitedNanos);
  }

  /** Returns the requests that were answered with scores. */
  public Total success() {
    return new Total(answers(), answeredNanos.sum());
  }

  /** Returns the requests that were refused or failed. */
  public Total failure() {
    return new Total(failures.sum(), failedNanos.sum());
  }

  /** Returns the time that answered requests waited for their turn. */
  public Total waiting() {
    return new Total(answers(), waitedNanos.sum());
  }

  private long answers() {
    long several = others.values().stream().mapToLong(stages -> stages.count.sum()).sum();
    return one.count.sum() + several + rest.count.sum();
  }

  /** Returns the number of rows that were scored. */
  public long rows() {
    long several =
        others.entrySet().stream()
            .mapToLong(stages -> stages.getKey() * stages.getValue().count.sum())
            .sum();
    return one.count.sum() + several + restRows.sum();
  }

  /** Returns when the last request ended, in milliseconds since the epoch; 0 if there was none. */
  public long lastMillis() {
    return lastMillis;
  }

  /** Returns the stages of the answered requests by their number of rows, at most 1,000 numbers. */
  public SortedMap<Integer, Stages> bySize() {
    SortedMap<Integer, Stages> sizes = new TreeMap<>(others);
    if (one.count.sum() > 0) {
      sizes.put(1, one);
    }

    return sizes;
  }

  /** Returns the stages of answered requests whose number of rows {@link #bySize} lacks. */
  public Stages ofOtherSizes() {
    return rest;
  }

  private Stages stages(int size) {
    if (size == 1) {
      return one;
    }

    Stages known = others.get(size);
    if (known != null) {
      return known;
    }

    return others.size() < MAX_SIZES ? others.computeIfAbsent(size, absent -> new Stages()) : rest;
  }

  /**
   * One request; fails if it is closed before its answer is written. Not thread-safe.
   *
   * <p>A request that works in blocks passes through the stages several times.
   */
  public final class Inference implements AutoCloseable {
    private final long waited;
    private final long begin = System.nanoTime();
    private long last = begin;
    private long reading;
    private long scoring;
    private long writing;
    private int answered = -1;

    private Inference(long waited) {
      this.waited = waited;
    }

    /** The time since the last stage went into reading. */
    public void read() {
      reading += lap();
    }

    /** The time since the last stage went into scoring. */
    public void scored() {
      scoring += lap();
    }

    /** The time since the last stage went into writing. */
    public void written() {
      writing += lap();
    }

    /** The answer has been given. */
    public void answered(int scoredRows) {
      written();
      answered = scoredRows;
    }

    /** Returns the nanoseconds that went into reading. */
    public long reading() {
      return reading;
    }

    /** Returns the nanoseconds that went into scoring. */
    public long scoring() {
      return scoring;
    }

    /** Returns the nanoseconds that went into writing. */
    public long writing() {
      return writing;
    }

    private long lap() {
      long now = System.nanoTime();
      long taken = now - last;
      last = now;
      return taken;
    }

    @Override
    public void close() {
      lastMillis = System.currentTimeMillis();
      if (answered < 0) {
        failures.increment();
        failedNanos.add(waited + System.nanoTime() - begin);
        return;
      }

      answeredNanos.add(waited + last - begin);
      if (waited > 0) {
        waitedNanos.add(waited);
      }

      Stages stages = stages(answered);
      if (stages == rest) {
        restRows.add(answered);
      }

      stages.count.increment();
      stages.reading.add(reading);
      stages.scoring.add(scoring);
      stages.writing.add(writing);
    }
  }
}
