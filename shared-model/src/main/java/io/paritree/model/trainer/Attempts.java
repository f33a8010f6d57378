package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Tries explanations: scores rows under their claims, and compares the scores with the predictions.
 *
 * <p>The effort is bounded by the number of trees that are walked, so that the result does not
 * depend on the machine.
 */
final class Attempts {
  private static final long MAX_WALKS = 150_000_000;
  private static final int PROBES = 16;
  private static final int DISTANCE_ROWS = 120;

  /** Slots that are copied in the time of one tree's walk. */
  private static final int COPIES_PER_WALK = 16;

  private final List<TrainerRow> rows;
  private final int width;
  private final Engine usual;
  private long walks;

  /**
   * Slots under claims, row by row.
   *
   * @param impossible rows that the trainer cannot have scored so
   */
  private record Changed(float[][] slots, BitSet impossible) {}

  Attempts(Evidence evidence) {
    this.rows = evidence.rows();
    this.width = evidence.width();
    this.usual = evidence.engine(evidence.sealing().rounds().end());
  }

  /** Returns whether the effort is spent, and nothing more is to be tried. */
  boolean isSpent() {
    return walks > MAX_WALKS;
  }

  /** Counts the effort of scoring all rows some times. */
  void spend(int times, Engine engine) {
    walks += (long) times * rows.size() * (engine.trees() + width);
  }

  Engine engine(Claim forest) {
    return forest.engine(usual);
  }

  /** Returns copies of the slots of rows. */
  static float[][] slots(List<TrainerRow> rows) {
    return rows.stream().map(row -> row.slots().clone()).toArray(float[][]::new);
  }

  /** Returns the slots of all rows under the claims of an explanation. */
  float[][] slots(Finding found) {
    return changed(rows, found).slots();
  }

  /** Returns an explanation with the rows that agree under it. */
  Finding tried(Finding found) {
    Changed changed = changed(rows, found);
    Scored scored = score(found.forest(), changed.slots());
    BitSet agreeing = agreeing(rows, scored, found.reading(), found.precision());
    agreeing.andNot(changed.impossible());
    return found.tried(agreeing);
  }

  /** Returns the scores of all rows under an explanation. */
  Scored scored(Finding found) {
    return score(found.forest(), slots(found));
  }

  /** Returns the scores of the rows that have these slots. */
  Scored score(Claim forest, float[][] slots) {
    Engine engine = forest.engine(usual);
    walks += (long) slots.length * (engine.trees() + width);
    return new Scored(engine, slots);
  }

  private static Changed changed(List<TrainerRow> some, Finding found) {
    float[][] slots = slots(some);
    BitSet impossible = new BitSet();
    for (int at = 0; at < slots.length; at++) {
      for (Claim claim : found.inputs()) {
        if (!claim.change(some.get(at), slots[at])) {
          impossible.set(at);
        }
      }
    }

    return new Changed(slots, impossible);
  }

  /** Returns the sum of the differences of some rows' scores and predictions; -1 if cut. */
  double distance(Finding found) {
    List<TrainerRow> some = rows.subList(0, Math.min(DISTANCE_ROWS, rows.size()));
    Scored scored = score(found.forest(), changed(some, found).slots());
    double sum = 0;
    for (int at = 0; at < some.size(); at++) {
      TrainerRow row = some.get(at);
      if (row.predictions().length != scored.scores()) {
        return -1;
      }

      for (int score = 0; score < scored.scores(); score++) {
        boolean isNear = found.precision().near(row.predicted(score), scored.score(at, score));
        sum += isNear ? 0 : Math.abs(row.predicted(score) - scored.score(at, score));
      }
    }

    return isSpent() || Double.isNaN(sum) ? -1 : sum;
  }

  /** Returns some of the rows that a claim changes and that do not agree yet. */
  List<Integer> probes(Finding base, float[][] before, Claim claim) {
    List<Integer> probes = new ArrayList<>();
    for (int at = 0; at < rows.size() && probes.size() < PROBES; at++) {
      if (!base.agreeing().get(at)) {
        walks += width / COPIES_PER_WALK;
        float[] slots = before[at].clone();
        if (claim.change(rows.get(at), slots) && !Arrays.equals(slots, before[at])) {
          probes.add(at);
        }
      }
    }

    return probes;
  }

  /** Returns which rows agree with their predictions. */
  static BitSet agreeing(List<TrainerRow> rows, Scored scored, Claim reading, Precision precision) {
    BitSet agreeing = new BitSet(rows.size());
    for (int at = 0; at < rows.size(); at++) {
      agreeing.set(at, reading.agrees(rows.get(at), scored, at, precision));
    }

    return agreeing;
  }
}
