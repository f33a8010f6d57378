package io.paritree.spark.rows;

import io.paritree.forest.JointEngine;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores the blocks of a task with the champion and with those challengers that can score together
 * with it, since they read the same slots. Not thread-safe.
 *
 * <p>If that fails, the champion scores alone from then on, as it does without challengers.
 */
final class JointRows {
  private final ScoringModel champion;
  private final float[] margins; // null if they are not requested
  private final float[] scores;
  private final List<ChallengerRows> joint;
  private final List<ChallengerRows> others;
  private final List<ChallengerRows> all;
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
    this.joint = challengers.stream().filter(ChallengerRows::hasSameSlots).toList();
    this.others = challengers.stream().filter(one -> !one.hasSameSlots()).toList();
    if (!joint.isEmpty()) {
      List<ScoringModel> models = new ArrayList<>(List.of(champion));
      jointMargins.add(margins);
      jointScores.add(scores);
      for (ChallengerRows challenger : joint) {
        models.add(challenger.model());
        jointMargins.add(challenger.margins());
        jointScores.add(challenger.scores());
      }

      engine = OpenModels.joint(models, kind).orElse(null);
    }
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
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        engine = null; // whoever it was, each fails by itself from now on
      }
    }

    champion.engine().scoreColumns(slots, TaskPlan.BLOCK_ROWS, rows, margins, scores);
    return all;
  }
}
