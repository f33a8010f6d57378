package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One thing that the trainer may have done otherwise than the schema and the options say: with the
 * inputs, with the trees, or with the predictions.
 *
 * @param text what the trainer did, as a clause
 * @param cure what to do about it, as a clause
 * @param features the slots that it changes, as indices; none if it does not change inputs
 * @param change makes the trainer's slots of ours
 * @param engine gives the engine that the trainer scored with, of the usual one
 * @param reading how the predictions follow from the scores
 * @param rivals other changes, which agree too unless the rows show this one
 */
record Cause(
    String text,
    String cure,
    Set<Integer> features,
    Change change,
    UnaryOperator<Engine> engine,
    Reading reading,
    Supplier<List<Change>> rivals) {

  /** What the trainer's slots were. */
  interface Change {
    /**
     * Changes the slots of a row in place; returns false if the trainer cannot have scored this row
     * so.
     *
     * @param slots a copy of the row's slots
     */
    boolean apply(TrainerRow row, float[] slots);
  }

  /** How the predictions of a row follow from its margins and scores. */
  interface Reading {
    /**
     * Returns whether they do.
     *
     * @param at the row's place in the block that was scored
     */
    boolean agrees(TrainerRow row, Scored scored, int at);
  }

  static Cause ofInputs(String text, String cure, Set<Integer> features, Change change) {
    return ofInputs(text, cure, features, change, List::of);
  }

  static Cause ofInputs(
      String text,
      String cure,
      Set<Integer> features,
      Change change,
      Supplier<List<Change>> rivals) {
    return new Cause(
        text,
        cure,
        Set.copyOf(features),
        change,
        UnaryOperator.identity(),
        Precision.EXACT::agrees,
        rivals);
  }

  /**
   * @param engine made only when the cause is tried
   */
  static Cause ofTrees(String text, String cure, Supplier<Engine> engine) {
    return new Cause(
        text,
        cure,
        Set.of(),
        (row, slots) -> true,
        usual -> engine.get(),
        Precision.EXACT::agrees,
        List::of);
  }

  static Cause ofPredictions(String text, String cure, Reading reading) {
    return new Cause(
        text, cure, Set.of(), (row, slots) -> true, UnaryOperator.identity(), reading, List::of);
  }

  /** Returns the same cause with another change and no rivals. */
  Cause with(Change other) {
    return new Cause(text, cure, features, other, engine, reading, List::of);
  }

  /** Returns the same cause with another reading. */
  Cause with(Reading other) {
    return new Cause(text, cure, features, change, engine, other, rivals);
  }
}
