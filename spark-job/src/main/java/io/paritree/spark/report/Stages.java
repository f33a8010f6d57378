package io.paritree.spark.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How long each part of a run took, by a monotonic clock. Not thread-safe. */
public final class Stages {
  private final LongSupplier nanos;
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long since;

  public Stages(LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /**
   * Ends the current part under this name, and begins the next one. Parts of the same name are
   * added up.
   *
   * @return the seconds of this part
   */
  public double end(String name) {
    long now = nanos.getAsLong();
    double took = (now - since) / 1e9;
    seconds.merge(name, took, Double::sum);
    since = now;
    return took;
  }

  /** Returns the seconds of each part that has ended, in order. */
  public Map<String, Double> seconds() {
    return new LinkedHashMap<>(seconds);
  }
}
