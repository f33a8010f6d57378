package io.paritree.serving.models;

import io.paritree.serving.metrics.ServerMetrics;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Summary;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a version of a model has been asked since it was loaded, in every protocol: requests, rows
 * and the nanoseconds of each stage, as metrics that {@code /metrics} does not list (a series for
 * each version, stage and number of rows), and that Triton's statistics read.
 *
 * <p>Thread-safe; takes no lock.
 */
public final class ModelStatistics {
  /** Sizes beyond this many are counted together: callers choose them. */
  private static final int MAX_SIZES = 1_000;

  private final Summary rows = summary("rows");
  private final Summary nanos = summary("request_nanoseconds", "outcome");
  private final Summary stageNanos = summary("stage_nanoseconds", "rows", "stage");
  private final DistributionDataPoint success = nanos.labelValues("success");
  private final DistributionDataPoint failure = nanos.labelValues("failure");
  private final DistributionDataPoint waiting = nanos.labelValues("waiting");
  private final Map<Integer, Stages> bySize = new ConcurrentHashMap<>();
  private final Stages ofOtherSizes = stages("other");
  private volatile long lastMillis;

  /** The stages of requests: records to slots, slots to scores, scores to the answer. */
  public record Stages(
      DistributionDataPoint reading,
      DistributionDataPoint scoring,
      DistributionDataPoint writing) {}

  private static Summary summary(String name, String... labels) {
    return Summary.builder()
        .name("paritree_inference_" + name)
        .labelNames(labels)
        .withoutExemplars() // nobody reads them
        .build();
  }

  private Stages stages(String size) {
    return new Stages(
        stageNanos.labelValues(size, "read"),
        stageNanos.labelValues(size, "score"),
        stageNanos.labelValues(size, "write"));
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
  public DistributionDataPoint success() {
    return success;
  }

  /** Returns the requests that were refused or failed. */
  public DistributionDataPoint failure() {
    return failure;
  }

  /** Returns the time that answered requests waited for their turn. */
  public DistributionDataPoint waiting() {
    return waiting;
  }

  /** Returns the number of rows that were scored. */
  public long rows() {
    return (long) rows.getSum();
  }

  /** Returns when the last request ended, in milliseconds since the epoch; 0 if there was none. */
  public long lastMillis() {
    return lastMillis;
  }

  /** Returns the stages of the answered requests by their number of rows, for 1,002 at most. */
  public SortedMap<Integer, Stages> bySize() {
    return new TreeMap<>(bySize);
  }

  /** Returns the stages of answered requests whose number of rows {@link #bySize} lacks. */
  public Stages ofOtherSizes() {
    return ofOtherSizes;
  }

  private Stages stages(int size) {
    Stages known = bySize.get(size);
    if (known != null) {
      return known;
    }

    return size == 1 || bySize.size() <= MAX_SIZES
        ? bySize.computeIfAbsent(size, absent -> stages(Integer.toString(size)))
        : ofOtherSizes;
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

    /** Adds the stages to the metrics of all models. */
    public void observe(ServerMetrics metrics) {
      metrics.stages(reading, scoring, writing);
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
        failure.observe(waited + System.nanoTime() - begin);
        return;
      }

      success.observe(waited + last - begin);
      waiting.observe(waited);
      rows.observe(answered);
      Stages stages = stages(answered);
      stages.reading.observe(reading);
      stages.scoring.observe(scoring);
      stages.writing.observe(writing);
    }
  }
}
