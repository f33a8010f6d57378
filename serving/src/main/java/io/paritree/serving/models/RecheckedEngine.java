package io.paritree.serving.models;

import io.paritree.forest.Engine;
import io.paritree.forest.RecheckedRows;
import io.paritree.forest.RowChoice;
import io.paritree.forest.ShapedEngine;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * An engine that hands a share of the rows that it scores on, to be scored again. The bits are
 * those of the engine within. Thread-safe: each thread chooses by itself.
 */
final class RecheckedEngine extends ShapedEngine {
  private final Engine engine;
  private final ThreadLocal<RowChoice> choice; // refers to no model, as it may outlive this one
  private final Receiver receiver;

  /** Takes rows that were chosen, without waiting. */
  interface Receiver {
    /**
     * @param count how many rows there are
     * @param rows copies them; valid only during the call
     */
    void take(int count, Supplier<RecheckedRows> rows);
  }

  /**
   * @param share of the rows, 0 to 1
   */
  RecheckedEngine(Engine engine, double share, Receiver receiver) {
    super(engine);
    this.engine = engine;
    this.choice =
        ThreadLocal.withInitial(() -> new RowChoice(share, ThreadLocalRandom.current().nextLong()));
    this.receiver = receiver;
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    engine.score(slots, rows, margins, scores);
    scored(slots, width(), 1, rows, margins, scores);
  }

  @Override
  public void scoreColumns(float[] slots, int stride, int rows, float[] margins, float[] scores) {
    engine.scoreColumns(slots, stride, rows, margins, scores);
    scored(slots, 1, stride, rows, margins, scores);
  }

  private void scored(
      float[] slots, int rowStride, int featureStride, int rows, float[] margins, float[] scores) {
    int[] chosen = choice.get().of(rows);
    if (chosen.length > 0) {
      receiver.take(
          chosen.length,
          () -> RecheckedRows.of(chosen, engine, slots, rowStride, featureStride, margins, scores));
    }
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    engine.leaves(slots, rows, leaves);
  }
}
