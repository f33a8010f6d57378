package io.paritree.serving.log;

import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.metrics.RequestOrigin;
import java.time.Instant;

/**
 * Scored rows of one request that wait for the prediction log; the arrays belong to this object.
 *
 * @param origin by what the request is found again
 * @param places position of each row in the request, from 0
 * @param slots row after row
 * @param margins row after row
 * @param scores row after row
 * @param values of the fields of a record that are kept; null if there are none
 */
record PredictionRows(
    PredictionForm form,
    Instant scoredAt,
    RequestOrigin origin,
    long[] places,
    float[] slots,
    float[] margins,
    float[] scores,
    RecordValues values)
    implements LogLines {

  @Override
  public int count() {
    return places.length;
  }

  @Override
  public void write(int index, JsonBytes out) {
    form.write(this, index, out);
  }
}
