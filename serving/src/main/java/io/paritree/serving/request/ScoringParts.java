package io.paritree.serving.request;

import io.paritree.feature.Faults;
import io.paritree.serving.arrival.RequestOrigin;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.profile.SeenRows;
import java.util.function.Supplier;

/** What every endpoint that scores needs: the models, the limits, the metrics and the log. */
public record ScoringParts(
    Models models, ServingConfig.Limits limits, ServerMetrics metrics, PredictionLog predictions) {

  /**
   * Counts scored rows into the profile of the model's requests, and adds them to the prediction
   * log; each if it is on. See {@link PredictionLog#add}.
   *
   * @param places position of each row in the request, from 0
   * @param found has the unseen values of these rows
   */
  public void scored(
      ServedModel served,
      RequestOrigin origin,
      int rows,
      Supplier<long[]> places,
      float[] slots,
      float[] margins,
      float[] scores,
      Faults found) {
    SeenRows seen = served.buffers().seen;
    if (seen != null) {
      seen.add(rows, slots, scores, found);
    }

    if (predictions.on()) {
      predictions.add(served.predictionForm(), origin, places.get(), slots, margins, scores);
    }
  }
}
