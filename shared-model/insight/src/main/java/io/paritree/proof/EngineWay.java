package io.paritree.proof;

import io.paritree.forest.Engine;
import io.paritree.model.manifest.Outputs;
import java.util.Arrays;

/**
 * An engine that scores records in this process.
 *
 * @param outputs what makes labels of scores
 */
record EngineWay(String name, Engine engine, Grouping grouping, Outputs outputs) implements Way {

  /** How rows come to the engine. */
  enum Grouping {
    ONE_BY_ONE,
    /** A block at once, row after row. */
    ROWS,
    /** A block at once, feature after feature. */
    COLUMNS
  }

  @Override
  public WayAnswers score(TriedBlock records) {
    TriedBlock.Encoded encoded = records.encoded();
    int count = encoded.faults().length;
    float[] margins = new float[count * engine.outputs()];
    float[] scores = new float[count * engine.scores()];
    switch (grouping) {
      case ONE_BY_ONE -> oneByOne(encoded.slots(), count, margins, scores);
      case ROWS -> engine.score(encoded.slots(), count, margins, scores);
      case COLUMNS ->
          engine.scoreColumns(columns(encoded.slots(), count), count, count, margins, scores);
    }

    WayAnswers answers = new WayAnswers(count, engine.outputs(), engine.scores());
    for (int record = 0; record < count; record++) {
      if (encoded.faults()[record] == null) {
        answers.scored(
            record, margins, record * engine.outputs(), scores, record * engine.scores());
        int at = record * engine.scores();
        int index = record;
        outputs.label(scores, at).ifPresent(label -> answers.labelled(index, label));
      } else {
        answers.refused(record, encoded.faults()[record]);
      }
    }

    return answers;
  }

  private void oneByOne(float[] slots, int count, float[] margins, float[] scores) {
    int width = engine.width();
    float[] margin = new float[engine.outputs()];
    float[] score = new float[engine.scores()];
    for (int row = 0; row < count; row++) {
      engine.score(Arrays.copyOfRange(slots, row * width, (row + 1) * width), 1, margin, score);
      System.arraycopy(margin, 0, margins, row * margin.length, margin.length);
      System.arraycopy(score, 0, scores, row * score.length, score.length);
    }
  }

  /** Returns rows feature after feature. */
  private static float[] columns(float[] slots, int count) {
    int width = slots.length / Math.max(1, count);
    float[] columns = new float[slots.length];
    for (int row = 0; row < count; row++) {
      for (int slot = 0; slot < width; slot++) {
        columns[slot * count + row] = slots[row * width + slot];
      }
    }

    return columns;
  }
}
