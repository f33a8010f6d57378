package io.paritree.spark.sql;

import io.paritree.forest.Engine;
import io.paritree.spark.score.RowFaults;

/**
 * A block of rows: their slots, into which they are encoded, and what is made of them. Slot s of
 * row r is {@code slots[s * stride + r]}. What it returns is valid until the next block. Not
 * thread-safe.
 */
final class ScoredBlock {
  private final Engine engine;
  private final int stride;
  private final float[] slots;
  private final float[] margins; // null if they are not wanted
  private final float[] scores;
  private final RowFaults faults;

  /**
   * @param stride from one slot of a row to the next
   * @param mostRows of a block
   */
  ScoredBlock(Engine engine, boolean hasMargins, int stride, int mostRows) {
    this.engine = engine;
    this.stride = stride;
    this.slots = new float[engine.width() * stride];
    this.margins = hasMargins ? new float[engine.outputs() * mostRows] : null;
    this.scores = new float[engine.scores() * mostRows];
    this.faults = new RowFaults(mostRows);
  }

  /** Returns where rows are to be encoded. */
  float[] slots() {
    return slots;
  }

  /** Returns where faults are to be added; those of the last block are to be removed before. */
  RowFaults faults() {
    return faults;
  }

  /** Scores the rows that were encoded. */
  void score(int rows) {
    engine.scoreColumns(slots, stride, rows, margins, scores);
  }

  /** Returns the margins, row by row; null if they are not wanted. */
  float[] margins() {
    return margins;
  }

  /** Returns the scores, row by row; those of a row with a fault mean nothing. */
  float[] scores() {
    return scores;
  }
}
