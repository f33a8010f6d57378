package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.Set;

/**
 * One thing that the trainer may have done otherwise than the schema says. It may have changed the
 * inputs, the trees that are added, or what the predictions are; most claims do one of the three.
 *
 * <p>A claim is checked by scoring rows under it, and its cure by sealing's own rules ({@link
 * Trial}). Stateless after construction.
 */
interface Claim {
  /** Nothing was done otherwise. */
  Claim NOTHING = () -> "";

  /** Returns what the trainer did, as a clause; empty for nothing. */
  String cause();

  /** Returns what to do about it. */
  default Cure cure() {
    return Cure.NONE;
  }

  /**
   * Returns what claims have in common that say the same with other numbers, and whose cures are
   * the same: several of them together are one cause.
   */
  default String kind() {
    return cure().text();
  }

  /** Returns the slots that it may change, as indices; none if it does not change inputs. */
  default Set<Integer> features() {
    return Set.of();
  }

  /**
   * Changes the slots of a row to what the trainer's were.
   *
   * @param slots the row's slots, as {@link TrainerRow#slots}, changed in place; perhaps by other
   *     claims before
   * @return false if the trainer cannot have scored this row so
   */
  default boolean change(TrainerRow row, float[] slots) {
    return true;
  }

  /**
   * Returns the engine that the trainer scored with.
   *
   * @param usual the engine that the schema and the options say
   */
  default Engine engine(Engine usual) {
    return usual;
  }

  /**
   * Returns whether it is about single values, so that slots between the same thresholds are the
   * same to it.
   */
  default boolean isOfValues() {
    return false;
  }

  /**
   * Returns between how many thresholds there must be rows, for this and nothing else to be shown.
   */
  default int leastPlaces() {
    return 1;
  }

  /** Returns whether the trainer may have computed it in less digits than we do. */
  default boolean isApproximate() {
    return false;
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

  /** Returns what the trainer did and what to do about it. */
  default String text() {
    String cure = cure().text();
    return cure.isEmpty() ? cause() : cause() + ": " + cure;
  }
}
