package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.forest.Rounds;
import io.paritree.model.layout.MlflowModel;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The number of a model's rounds that are used, and the reason.
 *
 * @param end number of rounds, counted from the first
 * @param why the reason, for the manifest and the card
 */
public record RoundsChoice(int end, String why) {
  /** What {@link #of} accepts, as a regular expression. */
  public static final String FORM = "all|best|[1-9][0-9]{0,8}";

  private static final String BEST_ITERATION = "best_iteration";

  /** The attribute that the {@code save_model} of XGBoost's scikit-learn wrapper adds. */
  static final String SCIKIT_LEARN = "scikit_learn";

  /**
   * Returns the rounds that the model's trainer scores: the best ones if a class of XGBoost's
   * scikit-learn wrapper was logged or has saved the file, otherwise all.
   *
   * @param mlflow what MLflow says about the model; without it, the model file's attributes decide
   */
  public static RoundsChoice ofTrainer(XgboostModel model, Optional<MlflowModel> mlflow)
      throws CorruptModelException {
    boolean best =
        mlflow
            .map(MlflowModel::stopsAtBestIteration)
            .orElse(model.attributes().containsKey(SCIKIT_LEARN));
    return best ? best(model) : all(model);
  }

  /**
   * Returns the rounds that are asked for.
   *
   * @param asked {@code all}, {@code best} or a number from 1; see {@link #FORM}
   */
  public static RoundsChoice of(String asked, XgboostModel model) throws CorruptModelException {
    return switch (asked) {
      case "all" -> all(model);
      case "best" -> best(model);
      default -> new RoundsChoice(Integer.parseInt(asked), "requested with --rounds");
    };
  }

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
    String best = model.attributes().get(BEST_ITERATION);
    if (model.isLinear()) {
      return new RoundsChoice(
          model.rounds(),
          "all rounds of the model file, because a linear booster is used as a whole");
    }

    if (best == null) {
      return new RoundsChoice(
          model.rounds(), "all rounds of the model file, which has no " + BEST_ITERATION);
    }

    int end =
        bestRounds(model)
            .orElseThrow(
                () ->
                    new CorruptModelException(
                        "Cannot use the model file: its attribute %s is '%s', but it has %s rounds"
                            .formatted(BEST_ITERATION, Fault.printable(best), model.rounds())));
    return new RoundsChoice(end, "%s is %s".formatted(BEST_ITERATION, best));
  }

  /**
   * Returns the number of rounds up to and including the best iteration; empty if the model file
   * has none among its rounds, or is a linear booster.
   */
  static OptionalInt bestRounds(XgboostModel model) {
    String best = model.attributes().getOrDefault(BEST_ITERATION, "");
    return !model.isLinear()
            && best.matches("[0-9]{1,9}")
            && Integer.parseInt(best) < model.rounds()
        ? OptionalInt.of(Integer.parseInt(best) + 1)
        : OptionalInt.empty();
  }

  /**
   * Returns a sentence about early stopping: which rounds are scored, and what the other choice is.
   * Empty if there is no choice: training was not stopped early, or its last round is the best.
   */
  public Optional<String> earlyStopping(XgboostModel model) {
    return earlyStopping(end, bestRounds(model), model.rounds());
  }

  static Optional<String> earlyStopping(int end, OptionalInt bestRounds, int allRounds) {
    int best = bestRounds.orElse(allRounds);
    if (best == allRounds) {
      return Optional.empty();
    }

    String whole = "all %s rounds, as Booster.predict does".formatted(allRounds);
    String first =
        "the first %s rounds, as XGBoost's scikit-learn wrapper and R do".formatted(best);
    String scored = end == allRounds ? whole : "the first %s rounds".formatted(end);
    if (end == best) {
      scored = first;
    }

    List<String> others = new ArrayList<>();
    if (end != best) {
      others.add("--rounds best for " + first);
    }

    if (end != allRounds) {
      others.add("--rounds all for " + whole);
    }

    return Optional.of(
        "training was stopped early, round %s of %s was the best; scored are %s (seal, and predict of an unsealed model, take %s)"
            .formatted(best, allRounds, scored, String.join(", and ", others)));
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

    return end == model.rounds() ? Rounds.ALL : new Rounds(end);
  }
}
