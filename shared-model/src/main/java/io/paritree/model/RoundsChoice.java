package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.forest.Rounds;
import io.paritree.xgboost.XgboostModel;

/**
 * The number of a model's rounds that are used, and the reason.
 *
 * @param end number of rounds, counted from the first
 * @param why the reason, for the manifest and the card
 */
public record RoundsChoice(int end, String why) {
  private static final String BEST_ITERATION = "best_iteration";

  /** Returns all rounds, which is what XGBoost's own Booster uses. */
  public static RoundsChoice all(XgboostModel model) {
    return new RoundsChoice(model.rounds(), "all rounds of the model file");
  }

  /**
   * Returns the rounds up to and including the best iteration, which is what XGBoost's sklearn
   * wrappers use. Returns all rounds if training was not stopped early, and for a linear booster,
   * because its weights are the result of all rounds.
   *
   * @throws CorruptModelException if the model file names a best iteration that it does not have
   */
  public static RoundsChoice best(XgboostModel model) throws CorruptModelException {
    if (model.isLinear()) {
      return new RoundsChoice(
          model.rounds(),
          "all rounds of the model file, because a linear booster is used as a whole");
    }

    String best = model.attributes().get(BEST_ITERATION);
    if (best == null) {
      return new RoundsChoice(
          model.rounds(), "all rounds of the model file, which has no " + BEST_ITERATION);
    }

    boolean number = best.matches("[0-9]{1,9}");
    if (!number || Integer.parseInt(best) >= model.rounds()) {
      throw new CorruptModelException(
          "Cannot use the model file: its attribute %s is '%s', but it has %s rounds"
              .formatted(BEST_ITERATION, Fault.printable(best), model.rounds()));
    }

    return new RoundsChoice(Integer.parseInt(best) + 1, "%s is %s".formatted(BEST_ITERATION, best));
  }

  /** Returns the first {@code end} rounds, as requested with {@code seal}. */
  public static RoundsChoice asked(int end) {
    return new RoundsChoice(end, "requested when the package was sealed");
  }

  /**
   * Returns the range to score.
   *
   * @param origin names the model in messages
   * @throws CorruptModelException if the model has fewer rounds
   */
  public Rounds range(String origin, XgboostModel model) throws CorruptModelException {
    if (end > model.rounds() || (end < 1 && model.rounds() > 0)) {
      throw new CorruptModelException(
          "Cannot use the first %s rounds of model %s: its model file has %s"
              .formatted(end, origin, model.rounds()));
    }

    return end == model.rounds() ? Rounds.ALL : new Rounds(0, end);
  }
}
