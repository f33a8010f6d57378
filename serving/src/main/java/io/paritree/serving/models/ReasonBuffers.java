package io.paritree.serving.models;

import io.paritree.reasons.RowReasons;
import io.paritree.record.RecordValues;

/**
 * The buffers that a thread needs to give reasons of one model's scores. Refers to no model. Not
 * thread-safe: one per thread.
 */
public final class ReasonBuffers {
  private static final int MAX_KEPT = 1 << 18;

  /** Rows that are explained together. */
  public final int block;

  /** The values of the records that are in the buffers for slots. */
  public final RecordValues values;

  public final RowReasons row;
  public final float[] contributions;

  /**
   * @param rows the largest number of rows that are in the buffers for slots
   * @param contributions number of contributions of a row
   */
  ReasonBuffers(int fields, int groups, int rows, int contributions) {
    this.block = Math.max(1, Math.min(rows, MAX_KEPT / contributions));
    this.values = new RecordValues(fields);
    this.row = new RowReasons(groups);
    this.contributions = new float[Math.multiplyExact(block, contributions)];
  }
}
