package io.paritree.serving.metrics;

/** Whether the server is ready for requests. Thread-safe. */
public final class Readiness {
  private volatile boolean ready;

  public Readiness(ServerMetrics metrics) {
    metrics.gauge(
        "paritree_ready",
        "1 while the server is ready for requests, otherwise 0.",
        () -> ready ? 1 : 0);
  }

  public boolean isReady() {
    return ready;
  }

  /** Makes the server ready; called when all models are verified and warm. */
  public void begin() {
    ready = true;
  }

  /** Makes the server not ready; called when it is about to stop. */
  public void end() {
    ready = false;
  }
}
