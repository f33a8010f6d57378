package io.paritree.serving.models;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The metrics of the models in service; their values are read from the models whenever the metrics
 * are requested.
 *
 * <p>Several slots may hold versions of one model, an alias and, in addition, pinned versions. A
 * change of one slot never removes the metrics of another.
 */
public final class ModelMetrics {
  private final Models models;

  private ModelMetrics(Models models) {
    this.models = models;
  }

  /**
   * Adds the metrics of models to a registry.
   *
   * @param poll time between two looks for new versions; zero for none
   */
  public static void register(Models models, Duration poll, PrometheusRegistry registry) {
    ModelMetrics metrics = new ModelMetrics(models);
    registry.register(metrics::info);
    GaugeWithCallback.builder()
        .name("paritree_model_loaded_timestamp_seconds")
        .help("When the model in service was opened, in seconds since 1970.")
        .labelNames("model", "version")
        .callback(metrics::loaded)
        .register(registry);
    GaugeWithCallback.builder()
        .name("paritree_model_refusing")
        .help("1 while the newest version of a model is refused or cannot be read, otherwise 0.")
        .labelNames("model")
        .callback(metrics::refusing)
        .register(registry);
    CounterWithCallback.builder()
        .name("paritree_shadow_rows_total")
        .help(
            "Rows of a model that has a challenger, by result: compared, dropped (there was no time,"
                + " or no challenger) or failed (the challenger did).")
        .labelNames("model", "result")
        .callback(metrics::shadowRows)
        .register(registry);
    GaugeWithCallback.builder()
        .name("paritree_shadow_refusing")
        .help("1 while the newest version of a model's challenger cannot be opened, otherwise 0.")
        .labelNames("model")
        .callback(metrics::shadowRefusing)
        .register(registry);
    if (!poll.isZero()) {
      GaugeWithCallback.builder()
          .name("paritree_model_last_look_timestamp_seconds")
          .help(
              "When a model's store last said which version is the newest, in seconds since 1970.")
          .labelNames("model")
          .callback(metrics::lastLook)
          .register(registry);
    }
  }

  /** Of several slots of a model, the one whose store has not answered for the longest time. */
  private void lastLook(GaugeWithCallback.Callback callback) {
    Map<String, Long> seconds = new LinkedHashMap<>();
    for (ModelSlot slot : models.all()) {
      seconds.merge(slot.current().name(), slot.seen().getEpochSecond(), Math::min);
    }

    seconds.forEach((name, second) -> callback.call(second, name));
  }

  private void shadowRows(CounterWithCallback.Callback callback) {
    for (Shadows.Rows rows : models.shadows().rows()) {
      callback.call(rows.compared(), rows.model(), "compared");
      callback.call(rows.dropped(), rows.model(), "dropped");
      callback.call(rows.failed(), rows.model(), "failed");
    }
  }

  private void shadowRefusing(GaugeWithCallback.Callback callback) {
    for (Shadows.Rows rows : models.shadows().rows()) {
      callback.call(rows.isRefusing() ? 1 : 0, rows.model());
    }
  }

  private InfoSnapshot info() {
    InfoSnapshot.Builder info =
        InfoSnapshot.builder().name("paritree_model").help("The models in service.");
    for (ServedModel served : byVersion().values()) {
      info.dataPoint(
          InfoSnapshot.InfoDataPointSnapshot.builder()
              .labels(
                  Labels.of(
                      "model",
                      served.name(),
                      "version",
                      served.model().modelVersion(),
                      "digest",
                      served.model().digest(),
                      "sealed",
                      String.valueOf(served.model().sealed())))
              .build());
    }

    return info.build();
  }

  private void loaded(GaugeWithCallback.Callback callback) {
    for (ServedModel served : byVersion().values()) {
      callback.call(served.loaded().getEpochSecond(), served.name(), served.model().modelVersion());
    }
  }

  private void refusing(GaugeWithCallback.Callback callback) {
    Map<String, Boolean> refusing = new LinkedHashMap<>();
    for (ModelSlot slot : models.all()) {
      refusing.merge(slot.current().name(), slot.refusal().isPresent(), Boolean::logicalOr);
    }

    refusing.forEach((name, now) -> callback.call(now ? 1 : 0, name));
  }

  /** Returns one model for each version in service, the one opened last. */
  private Map<String, ServedModel> byVersion() {
    Map<String, ServedModel> byVersion = new LinkedHashMap<>();
    for (ModelSlot slot : models.all()) {
      ServedModel served = slot.current();
      byVersion.merge(
          served.name() + " " + served.model().modelVersion(),
          served,
          (one, other) -> one.loaded().isAfter(other.loaded()) ? one : other);
    }

    return byVersion;
  }
}
