package io.paritree.serving.request;

import io.paritree.feature.Faults;
import io.paritree.record.RecordValues;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.insight.traffic.SeenRows;
import io.paritree.serving.insight.traffic.Shadow;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.RequestOrigin;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import java.util.function.Supplier;

/** What every endpoint that scores needs: the models, the limits, the metrics and the log. */
public record ScoringParts(
    Models models, ServingConfig.Limits limits, ServerMetrics metrics, PredictionLog predictions) {

  /**
   * Returns what keeps the values of one request that are needed once it is answered: all of them
   * for a log of records, otherwise those that a challenger reads otherwise; null if none is.
   */
  public RecordValues values(ServedModel served) {
    return predictions.keepsRecords()
        ? new RecordValues(served.model().schema().fields().size())
        : served.shadowValues();
  }

  /**
   * Leaves a refused row to the log, if it keeps records.
   *
   * @param place position of the row in the request, from 0
   * @param values as {@link #values} or with more of them, of the row at {@code index}; null if
   *     none are kept
   * @param faults of the row
   */
  public void refused(
      ServedModel served,
      RequestOrigin origin,
      long place,
      RecordValues values,
      int index,
      Faults faults) {
    if (values != null && predictions.keepsRecords()) {
      predictions.addRefused(
          served.predictionForm(predictions), origin, place, values, index, faults);
    }
  }

  /**
   * Counts scored rows into the profile of the model's requests, leaves them for its challenger,
   * and adds them to the prediction log; each if it is on. See {@link PredictionLog#add}.
   *
   * @param places position of each row in the request, from 0
   * @param found has the unseen values of these rows
   * @param values as {@link #values} or with more of them; null if none are kept
   */
  public void scored(
      ServedModel served,
      RequestOrigin origin,
      int rows,
      Supplier<long[]> places,
      float[] slots,
      float[] margins,
      float[] scores,
      Faults found,
      RecordValues values) {
    SeenRows seen = served.buffers().seen;
    if (seen != null) {
      seen.add(rows, slots, scores, found);
    }

    Shadow shadow = served.shadow();
    if (shadow != null) {
      shadow.add(served.model(), origin.requestId(), rows, places, slots, margins, scores, values);
    }

    if (predictions.on()) {
      RecordValues recorded = predictions.keepsRecords() ? values : null;
      predictions.add(
          served.predictionForm(predictions),
          origin,
          places.get(),
          slots,
          margins,
          scores,
          recorded);
    }
  }
}
