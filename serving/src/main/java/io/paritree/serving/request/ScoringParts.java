package io.paritree.serving.request;

import io.paritree.serving.arrival.RequestOrigin;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import java.util.function.Supplier;

/** What every endpoint that scores needs: the models, the limits, the metrics and the log. */
public record ScoringParts(
    Models models, ServingConfig.Limits limits, ServerMetrics metrics, PredictionLog predictions) {

  /** Adds scored rows to the prediction log, if it is on; see {@link PredictionLog#add}. */
  public void log(
      ServedModel served,
      RequestOrigin origin,
      Supplier<long[]> places,
      float[] slots,
      float[] margins,
      float[] scores) {
    if (predictions.on()) {
      predictions.add(served.predictionForm(), origin, places.get(), slots, margins, scores);
    }
  }
}
