package io.paritree.serving.stored;

import io.paritree.serving.stored.UnservedPartition.Reason;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The metrics of the outputs in service, by the names that they have in paths; their values are
 * read from the outputs whenever the metrics are requested.
 */
record ScoresMetrics(Collection<ServedOutput> outputs, PrometheusRegistry registry) {
  private static final String TABLE = "table";

  /**
   * Adds the metrics of outputs to a registry.
   *
   * @param poll time between two looks for new partitions; zero for none
   */
  static void register(
      Collection<ServedOutput> outputs, Duration poll, PrometheusRegistry registry) {
    ScoresMetrics metrics = new ScoresMetrics(List.copyOf(outputs), registry);
    metrics.gauge(
        "paritree_scores_partitions",
        "Partitions of stored scores in service.",
        output -> OptionalLong.of(output.partitions().size()));
    metrics.gauge(
        "paritree_scores_problems",
        "Published partitions of stored scores that are not in service as they are published, and"
            + " outputs that cannot be read.",
        output -> OptionalLong.of(output.problems().size()));
    GaugeWithCallback.builder()
        .name("paritree_scores_unserved_partitions")
        .help("Published partitions that are not in service as they are published, by reason.")
        .labelNames(TABLE, "reason")
        .callback(metrics::unserved)
        .register(registry);
    metrics.gauge(
        "paritree_scores_newest_timestamp_seconds",
        "When the rows of the newest partition in service were scored, in seconds since 1970.",
        ScoresMetrics::newest);
    if (!poll.isZero()) {
      metrics.gauge(
          "paritree_scores_last_look_timestamp_seconds",
          "When an output of stored scores was last read, or the server started, in seconds since"
              + " 1970.",
          output -> OptionalLong.of(output.unreadSince().getEpochSecond()));
    }

    CounterWithCallback.builder()
        .name("paritree_scores_lookups_total")
        .help("Look-ups of keys in stored scores, by result.")
        .labelNames(TABLE, "result")
        .callback(metrics::lookups)
        .register(registry);
  }

  private void gauge(String name, String help, Function<ServedOutput, OptionalLong> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(TABLE)
        .callback(
            callback ->
                outputs.forEach(
                    output ->
                        value
                            .apply(output)
                            .ifPresent(number -> callback.call(number, output.name()))))
        .register(registry);
  }

  private static OptionalLong newest(ServedOutput output) {
    return output.partitions().stream()
        .limit(1)
        .mapToLong(OpenPartition::scoredSeconds)
        .findFirst();
  }

  private void unserved(GaugeWithCallback.Callback callback) {
    for (ServedOutput output : outputs) {
      for (Reason reason : Reason.values()) {
        long count = output.unserved().stream().filter(one -> one.reason() == reason).count();
        callback.call(count, output.name(), reason.word());
      }
    }
  }

  private void lookups(CounterWithCallback.Callback callback) {
    for (ServedOutput output : outputs) {
      for (LookupResult result : LookupResult.values()) {
        callback.call(output.lookups(result), output.name(), result.word());
      }
    }
  }
}
