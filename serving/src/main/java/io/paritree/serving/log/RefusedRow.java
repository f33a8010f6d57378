package io.paritree.serving.log;

import io.paritree.FaultCode;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.metrics.RequestOrigin;
import java.time.Instant;
import java.util.List;

/**
 * A row that was refused and waits for the prediction log.
 *
 * @param origin by what the request is found again
 * @param place position of the row in the request, from 0
 * @param faults what is wrong with it
 * @param values of the fields of its record that are kept
 */
record RefusedRow(
    PredictionForm form,
    Instant refusedAt,
    RequestOrigin origin,
    long place,
    List<Named> faults,
    RecordValues values)
    implements LogLines {

  /**
   * A fault without the value that has it.
   *
   * @param field empty if the model reads none of that name
   */
  record Named(String field, FaultCode code) {}

  @Override
  public int count() {
    return 1;
  }

  @Override
  public void write(int index, JsonBytes out) {
    form.write(this, out);
  }
}
