package io.paritree.spark.sql;

import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Scores rows one at a time, for all functions of a model that its thread evaluates.
 *
 * <p>A row with the slots of the row before is not scored again. So a row is scored once, no matter
 * how many functions and fields a query reads, and where Spark has moved them: it evaluates a
 * filter on a score and the score itself one after the other. Not thread-safe: one per thread.
 */
final class RowScorer {
  private static final ThreadLocal<Map<String, SoftReference<RowScorer>>> OF_THREAD =
      ThreadLocal.withInitial(HashMap::new);

  private final Engine engine;
  private final float[] margins;
  private final float[] scores;
  private final Faults faults = new Faults();
  private float[] slots;
  private float[] scoredSlots;
  private long scored;

  private RowScorer(ScoringModel model) {
    this.engine = model.engine();
    this.margins = new float[engine.outputs()];
    this.scores = new float[engine.scores()];
    this.slots = new float[engine.width()];
    this.scoredSlots = new float[engine.width()];
  }

  static RowScorer ofThread(ScoringModel model) {
    Map<String, SoftReference<RowScorer>> all = OF_THREAD.get();
    SoftReference<RowScorer> known = all.get(model.digest());
    RowScorer scorer = known == null ? null : known.get();
    if (scorer == null) {
      scorer = new RowScorer(model);
      all.values().removeIf(reference -> reference.get() == null);
      all.put(model.digest(), new SoftReference<>(scorer));
    }

    return scorer;
  }

  /**
   * Reads the next row.
   *
   * @param all whether all of its faults are kept, and not only the first
   * @return whether it can be scored
   */
  boolean read(RowEncoder encoder, InternalRow row, boolean all) {
    if (all) {
      faults.clear();
    } else {
      faults.clearForOne();
    }

    encoder.encode(row, slots, 1, 0, faults);
    return faults.isEmpty();
  }

  /** Scores the row that was read last; it has no fault. */
  void score() {
    if (scored > 0 && Arrays.equals(slots, scoredSlots)) {
      return;
    }

    engine.score(slots, 1, margins, scores);
    scored++;
    float[] free = scoredSlots;
    scoredSlots = slots;
    slots = free;
  }

  /** Returns how many rows were scored; a row with the slots of the row before does not count. */
  long scored() {
    return scored;
  }

  /** Returns the faults of the row that was read last. */
  Faults faults() {
    return faults;
  }

  /** Returns the slots of the row that was scored last. */
  float[] slots() {
    return scoredSlots;
  }

  /** Returns the margins of the row that was scored last. */
  float[] margins() {
    return margins;
  }

  /** Returns the scores of the row that was scored last. */
  float[] scores() {
    return scores;
  }
}
