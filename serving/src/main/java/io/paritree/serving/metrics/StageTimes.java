package io.paritree.serving.metrics;

/**
 * How long the stages of one request take: records to slots, slots to scores, scores to the answer.
 * A request that works in blocks passes through them several times. Not thread-safe.
 */
public final class StageTimes {
  private long last = System.nanoTime();
  private long reading;
  private long scoring;
  private long writing;

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
}
