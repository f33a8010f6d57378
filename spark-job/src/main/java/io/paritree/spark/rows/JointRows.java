package io.paritree.spark.rows;

import io.paritree.forest.Joining;
import io.paritree.forest.JointEngine;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores the blocks of a task with the champion and with those challengers that score as one with
 * it; they read the same slots. Not thread-safe.
 *
 * <p>If that fails, the champion scores alone from then on, as it does without challengers. Each
 * challenger that scores by itself is given the reason.
 */
final class JointRows {
  private static final Joining.Apart OTHER_SLOTS =
      new Joining.Apart("it encodes fields otherwise than the champion", false);

  private final ScoringModel champion;
  private final float[] margins; // null if they are not requested
  private final float[] scores;
  private final List<ChallengerRows> all;
  private final List<ChallengerRows> joint = new ArrayList<>();
  private final List<ChallengerRows> others = new ArrayList<>();
  private final List<float[]> jointMargins = new ArrayList<>();
  private final List<float[]> jointScores = new ArrayList<>();
  private JointEngine engine; // null if the champion scores alone

  /**
   * @param kind of all engines
   * @param margins receives those of the champion
   * @param scores receives those of the champion
   * @param challengers of which some may be {@link ChallengerRows#hasSameSlots}
   */
  JointRows(
      ScoringModel champion,
      EngineKind kind,
      float[] margins,
      float[] scores,
      List<ChallengerRows> challengers) {
    this.champion = champion;
    this.margins = margins;
    this.scores = scores;
    this.all = List.copyOf(challengers);
    List<ChallengerRows> same = all.stream().filter(ChallengerRows::hasSameSlots).toList();
    all.stream().filter(one -> !one.hasSameSlots()).forEach(one -> setApart(one, OTHER_SLOTS));
    if (!same.isEmpty()) {
      List<ScoringModel> models = new ArrayList<>(List.of(champion));
      same.forEach(one -> models.add(one.model()));
      join(same, OpenModels.joint(models, kind));
    }
  }

  /**
   * @param same challengers, after the champion in what is joined
   */
  private void join(List<ChallengerRows> same, Joining joined) {
    engine = joined.engine().orElse(null);
    jointMargins.add(margins);
    jointScores.add(scores);
    for (int at = 0; at < same.size(); at++) {
      ChallengerRows one = same.get(at);
      if (joined.members().contains(at + 1)) {
        joint.add(one);
        jointMargins.add(one.margins());
        jointScores.add(one.scores());
      } else {
        setApart(one, joined.apart().get(at + 1));
      }
    }
  }

  private void setApart(ChallengerRows one, Joining.Apart why) {
    others.add(one);
    one.setApart(why);
  }

  /**
   * Scores the first rows of a block with the champion.
   *
   * @return the challengers that have not scored them, too
   */
  List<ChallengerRows> score(float[] slots, int rows) {
    if (engine != null) {
      try {
        engine.scoreColumns(slots, TaskPlan.BLOCK_ROWS, rows, jointMargins, jointScores);
        return others;
      } catch (RuntimeException | Error e) {
        if (e instanceof OutOfMemoryError) {
          throw e;
        }

        engine = null; // whoever it was, each fails by itself from now on
        joint.forEach(
            one -> one.setApart(new Joining.Apart("as one with others it has failed: " + e, true)));
      }
    }

    champion.engine().scoreColumns(slots, TaskPlan.BLOCK_ROWS, rows, margins, scores);
    return all;
  }
}
