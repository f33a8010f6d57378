package io.paritree.serving.request;

import io.paritree.forest.Engine;
import io.paritree.serving.answer.AnswerForm;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig.Limits;

/**
 * Most records in one request for one model: {@code limits.rows}, or fewer where a row of the model
 * takes much memory.
 *
 * <p>A row costs the server 4 bytes for each feature, or about 16 bytes of the answer for each
 * output, however few bytes the caller sends for it: {@code {}} is a row. The rows of a request may
 * cost 4 times {@code limits.body} together; one row is always admitted. A value takes at least 2
 * bytes of a body, so that only rows without most of their values can cost that much in slots.
 *
 * @param rows at least 1
 * @param engine the model's; its sizes explain the limit
 * @param lowered whether it is less than {@code limits.rows}
 */
public record RowLimit(int rows, Engine engine, boolean lowered) {
  private static final int BODIES = 4;

  /** Returns the limit where the slots of all rows are kept until they are answered. */
  static RowLimit ofTable(Limits limits, Engine engine) {
    long slots = (long) Float.BYTES * engine.width();
    return of(limits, engine, Math.max(slots, (long) AnswerForm.NUMBER_BYTES * engine.outputs()));
  }

  /**
   * Returns the limit where a row costs so many bytes.
   *
   * @param engine the model's
   */
  public static RowLimit of(Limits limits, Engine engine, long rowBytes) {
    long rows = Math.max(1, (long) BODIES * limits.body() / rowBytes);
    return rows < limits.rows()
        ? new RowLimit((int) rows, engine, true)
        : new RowLimit(limits.rows(), engine, false);
  }

  /**
   * Refuses a request with more records.
   *
   * @throws ProblemException with 413
   */
  public void check(long count) {
    if (count > rows) {
      throw new ProblemException(Problems.tooManyRows(rows, reason()));
    }
  }

  private String reason() {
    return lowered
        ? ", since the model has %s features and %s outputs"
            .formatted(engine.width(), engine.outputs())
        : "";
  }
}
