package io.paritree.serving;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the server wants requests. Thread-safe. */
final class Readiness {
  private final AtomicBoolean ready = new AtomicBoolean();
  private final ServerMetrics metrics;

  Readiness(ServerMetrics metrics) {
    this.metrics = metrics;
    metrics.ready(false);
  }

  boolean isReady() {
    return ready.get();
  }

  /** All models are verified and warm. */
  void begin() {
    ready.set(true);
    metrics.ready(true);
  }

  /** The server is about to stop. */
  void end() {
    ready.set(false);
    metrics.ready(false);
  }
}
