package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.serving.metrics.ServerMetrics;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The gauges of a server in this JVM. */
final class Gauges {
  private Gauges() {}

  /** Waits until a gauge is at least this large. */
  static void await(ServerMetrics metrics, String name, double least) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (value(metrics, name) < least) {
      assertThat(System.nanoTime()).as(name).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  static double value(ServerMetrics metrics, String name) {
    for (MetricSnapshot snapshot : metrics.registry().scrape()) {
      if (snapshot.getMetadata().getName().equals(name)) {
        return ((GaugeSnapshot) snapshot).getDataPoints().get(0).getValue();
      }
    }

    throw new AssertionError("No metric is called " + name);
  }
}
