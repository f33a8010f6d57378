package io.paritree.serving.metrics;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the server is ready for requests. Thread-safe. */
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

  /** Makes the server ready; called when all models are verified and warm. */
  public void begin() {
    ready.set(true);
    metrics.ready(true);
  }

  /** Makes the server not ready; called when it is about to stop. */
  public void end() {
    ready.set(false);
    metrics.ready(false);
  }
}
