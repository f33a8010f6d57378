package io.paritree.serving.request;

import io.paritree.forest.Engine;
import io.paritree.serving.answer.AnswerForm;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig.Limits;

/**
 * The largest number of records in one request for one model: {@code limits.rows}, or fewer if a
 * row of the model needs much memory.
 *
 * <p>A row costs the server 4 bytes for each feature, or about 16 bytes of the answer for each
 * output, even if the caller sends almost nothing for it: {@code {}} is a row. All rows of a
 * request together may cost 4 times {@code limits.body}; one row is always allowed. A value takes
 * at least 2 bytes of a body, so only rows that lack most of their values can cost that much in
 * slots.
 *
 * @param rows at least 1
 * @param engine the model's engine; its sizes explain the limit
 * @param lowered whether the limit is less than {@code limits.rows}
 */
public record RowLimit(int rows, Engine engine, boolean lowered) {
  private static final int BODIES = 4;

  /** A number of a tensor as text, and its place. */
  private static final int VALUE_BYTES = 32;

  /** Returns the limit for protocols that keep the slots of all rows until they answer. */
  static RowLimit ofSlots(Limits limits, Engine engine) {
    long slots = (long) Float.BYTES * engine.width();
    return of(limits, engine, Math.max(slots, (long) AnswerForm.NUMBER_BYTES * engine.outputs()));
  }

  /**
   * Returns the limit for protocols that keep the slots and values of all rows, and answer with
   * reasons.
   *
   * @param fields number of fields of a record
   * @param reasonBytes bytes of a row's reasons in the answer
   */
  static RowLimit ofValues(Limits limits, Engine engine, int fields, long reasonBytes) {
    long slots = (long) Float.BYTES * engine.width();
    return of(limits, engine, slots + (long) VALUE_BYTES * fields + reasonBytes);
  }

  /**
   * Returns the limit for rows of a known cost.
   *
   * @param engine the model's engine
   * @param rowBytes memory that a row costs, in bytes
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
   * @param count number of records so far
   * @throws ProblemException with 413
   */
  public void check(long count) {
    if (count > rows) {
      throw new ProblemException(Problems.TOO_MANY_ROWS.of(rows, reason()));
    }
  }

  private String reason() {
    return lowered
        ? ", because the model has %s features and %s outputs"
            .formatted(engine.width(), engine.outputs())
        : "";
  }
}
