package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import io.paritree.model.manifest.Outputs;

/** Margins and scores of a block of rows. */
final class Scored {
  private final float[] margins;
  private final float[] values;
  private final int outputs;
  private final int scores;

  /**
   * Scores rows.
   *
   * @param slots {@code rows * engine.width()} slots, row after row
   */
  Scored(Engine engine, float[] slots, int rows) {
    this.outputs = engine.outputs();
    this.scores = engine.scores();
    this.margins = new float[rows * outputs];
    this.values = new float[rows * scores];
    engine.score(slots, rows, margins, values);
  }

  /**
   * Scores rows.
   *
   * @param slots of each row
   */
  Scored(Engine engine, float[][] slots) {
    this(engine, inOneArray(slots, engine.width()), slots.length);
  }

  private static float[] inOneArray(float[][] slots, int width) {
    float[] all = new float[slots.length * width];
    for (int row = 0; row < slots.length; row++) {
      System.arraycopy(slots[row], 0, all, row * width, width);
    }

    return all;
  }

  int scores() {
    return scores;
  }

  float margin(int row, int output) {
    return margins[row * outputs + output];
  }

  float score(int row, int score) {
    return values[row * scores + score];
  }

  /** Returns the index of a row's class; -1 if the outputs are no classes. */
  int classIndex(int row, Outputs meaning) {
    return meaning.classIndex(values, row * scores);
  }
}
