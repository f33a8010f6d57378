package io.paritree.serving.log;

import io.paritree.Closer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;

/**
 * The logs of callers' requests.
 *
 * @param requests a line per request
 * @param predictions a line per scored row
 */
public record Logs(RequestLines requests, PredictionLog predictions) implements AutoCloseable {
  /**
   * Opens the logs that are enabled.
   *
   * @throws IOException if one cannot be written
   */
  public static Logs open(ServingConfig config) throws IOException {
    try (Closer opened = new Closer()) {
      RequestLines requests = new RequestLines(config.log());
      opened.register(requests::close);
      Logs logs = new Logs(requests, new PredictionLog(config.predictionLog()));
      opened.release();
      return logs;
    }
  }

  /** Adds the state of the logs to the metrics. */
  public void measure(ServerMetrics metrics) {
    metrics.counter(
        "paritree_log_lines_dropped_total",
        "Request lines that were not written since the start.",
        requests::dropped);
    metrics.gauge(
        "paritree_log_failing", "1 while request lines cannot be written.", requests::failing);
    metrics.counter(
        "paritree_prediction_lines_dropped_total",
        "Lines of the prediction log that were not written since the start.",
        predictions::dropped);
    metrics.gauge(
        "paritree_prediction_log_failing",
        "1 while the prediction log cannot be written.",
        predictions::failing);
  }

  @Override
  public void close() {
    requests.close();
    predictions.close();
  }
}
