package io.paritree.serving.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.FaultCode;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  @Test
  void fieldsOfAWideModelBeyondTheFirstFiftyWithFaultsAreCountedTogether() {
    ServerMetrics metrics = new ServerMetrics();
    for (int time = 0; time < 2; time++) {
      for (int field = 0; field < 3_000; field++) {
        metrics.faults("wide", "f" + field, FaultCode.NOT_FINITE).inc();
      }
    }

    metrics.faults("narrow", "weight", FaultCode.MISSING_VALUE).inc(3);

    assertThat(fields(metrics, "wide")).hasSize(51).contains("f0", "f49", FaultTotals.OTHER);
    assertThat(fields(metrics, "narrow")).containsExactly("weight");
    assertThat(metrics.faults("wide", "f0", FaultCode.NOT_FINITE).get()).isEqualTo(2);
    assertThat(metrics.faults("wide", "f2999", FaultCode.NOT_FINITE).get()).isEqualTo(2 * 2_950);
  }

  private static List<String> fields(ServerMetrics metrics, String model) {
    MetricSnapshot faults =
        metrics.registry().scrape("paritree_faults"::equals).stream().findFirst().orElseThrow();
    return faults.getDataPoints().stream()
        .filter(point -> point.getLabels().get("model").equals(model))
        .map(point -> point.getLabels().get("field"))
        .toList();
  }
}
