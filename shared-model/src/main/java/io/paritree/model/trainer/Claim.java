package io.paritree.model.trainer;

import io.paritree.forest.Engine;

/**
 * One thing that the trainer may have done otherwise than the schema says. It may have changed the
 * inputs, the trees that are added, or what the predictions are; most claims do one of the three.
 *
 * <p>A claim is checked by scoring rows under it. Stateless after construction.
 */
interface Claim {
  /** Nothing was done otherwise. */
  Claim NOTHING = () -> "";

  /** Returns what the trainer did and what to do about it, as a clause; empty for nothing. */
  String text();

  /**
   * Changes the slots of a row to what the trainer's were.
   *
   * @param slots the row's slots, changed in place; perhaps by other claims before
   */
  default void change(TrainerRow row, float[] slots) {}

  /** Returns the engine that the trainer scored with. */
  default Engine engine(Engine usual) {
    return usual;
  }

  /**
   * Returns whether the predictions of a row follow from its margins and scores.
   *
   * @param scored the scores of a block of rows under this and other claims
   * @param at the row's place in the block
   */
  default boolean agrees(TrainerRow row, Scored scored, int at, Precision precision) {
    if (row.predictions().length != scored.scores()) {
      return false;
    }

    for (int score = 0; score < scored.scores(); score++) {
      if (!precision.near(row.predicted(score), scored.score(at, score))) {
        return false;
      }
    }

    return true;
  }
}
