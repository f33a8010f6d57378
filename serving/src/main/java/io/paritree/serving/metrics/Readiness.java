package io.paritree.serving.metrics;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the server wants requests. Thread-safe. */
public final class Readiness {
  private final AtomicBoolean ready = new AtomicBoolean();
  private final ServerMetrics metrics;

  public Readiness(ServerMetrics metrics) {
    this.metrics = metrics;
    metrics.ready(false);
  }

  public boolean isReady() {
    return ready.get();
  }

  /** All models are verified and warm. */
  public void begin() {
    ready.set(true);
    metrics.ready(true);
  }

  /** The server is about to stop. */
  public void end() {
    ready.set(false);
    metrics.ready(false);
  }
}
