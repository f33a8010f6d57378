package io.paritree.serving.models;

import io.paritree.forest.Engine;
import io.paritree.serving.answer.JsonBytes;
import java.util.Random;

/** Scores made-up rows, so that the first callers do not wait for the JVM's compiler. */
final class WarmUp {
  private static final int BLOCK = 64;

  private WarmUp() {}

  /**
   * Scores rows one by one and in blocks.
   *
   * @param rows number of rows, 0 for none
   */
  static void run(ServedModel served, int rows) {
    Engine engine = served.model().engine();
    int width = engine.width();
    float[] slots = new float[BLOCK * width];
    Random random = new Random(1);
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = random.nextInt(10) == 0 ? Float.NaN : (float) random.nextGaussian() * 100;
    }

    float[] margins = new float[BLOCK * engine.outputs()];
    float[] scores = new float[BLOCK * engine.scores()];
    JsonBytes json = new JsonBytes();
    for (int done = 0; done < rows; done++) {
      engine.score(slots, 1, margins, scores);
      json.clear();
      served.form().write(scores, 0, margins, 0, engine.outputs(), json);
      if (done % BLOCK == 0) {
        engine.score(slots, BLOCK, margins, scores);
      }
    }
  }
}
