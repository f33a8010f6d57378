package io.paritree.serving.log;

import io.paritree.serving.answer.JsonBytes;
import java.time.Instant;

/**
 * Scored rows of one request that wait for the prediction log; the arrays belong to this object.
 *
 * @param requestId the caller's id for its request; null if it gave none
 * @param places position of each row in the request, from 0
 * @param slots row after row
 * @param margins row after row
 * @param scores row after row
 */
record PredictionRows(
    PredictionForm form,
    Instant scoredAt,
    String requestId,
    long[] places,
    float[] slots,
    float[] margins,
    float[] scores)
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
