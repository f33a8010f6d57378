package io.paritree.serving.insight.sweep;

import io.paritree.forest.Engine;
import io.paritree.model.manifest.Outputs;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import java.util.Arrays;

/**
 * Rows that differ from a record in one field only, scored together in the thread's buffers. Not
 * thread-safe.
 */
final class VariedRows {
  private final ServedModel served;
  private final Engine engine;
  private final Outputs outputs;
  private final RequestBuffers buffers;
  private final float[] record;
  private final int[] slots;
  private int count;

  /**
   * @param record the slots of the record
   * @param slots the slots that differ
   */
  VariedRows(ServedModel served, float[] record, int[] slots) {
    this.served = served;
    this.engine = served.model().engine();
    this.outputs = served.model().outputs();
    this.buffers = served.buffers();
    this.record = record;
    this.slots = slots;
  }

  /** The result of a row. */
  record Result(float[] margins, float[] scores) {}

  /** Returns how many rows are scored together at most. */
  int most() {
    return buffers.block;
  }

  int count() {
    return count;
  }

  void clear() {
    count = 0;
  }

  /**
   * Adds a row; there must be fewer than {@link #most}.
   *
   * @param different the slots that differ
   */
  void add(float[] different) {
    int at = count++ * record.length;
    System.arraycopy(record, 0, buffers.slots, at, record.length);
    for (int index = 0; index < slots.length; index++) {
      buffers.slots[at + slots[index]] = different[index];
    }
  }

  /** Scores all rows that were added. */
  void score() {
    engine.score(buffers.slots, count, buffers.margins, buffers.scores);
  }

  /** Returns a copy of the result of a row that was scored. */
  Result result(int row) {
    int margins = engine.outputs();
    int scores = engine.scores();
    return new Result(
        Arrays.copyOfRange(buffers.margins, row * margins, (row + 1) * margins),
        Arrays.copyOfRange(buffers.scores, row * scores, (row + 1) * scores));
  }

  /** Returns the class of a result. */
  int classIndex(Result result) {
    return outputs.classIndex(result.scores, 0);
  }

  /** Writes a result as members of the open object. */
  void write(Result result, JsonBytes json) {
    served.form().write(result.scores, 0, result.margins, 0, engine.outputs(), json);
  }
}
