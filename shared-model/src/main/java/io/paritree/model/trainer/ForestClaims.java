package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.forest.Engine;
import io.paritree.model.RoundsChoice;
import io.paritree.model.seal.Sealing;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Claims that the trainer added other trees, or added them otherwise. */
final class ForestClaims {
  /** To try all numbers of rounds takes time in the square of their number. */
  private static final long MAX_TREE_WALKS = 20_000_000;

  private static final String INPLACE =
      "the predictions of this DART model were made by inplace prediction, as the scikit-learn wrapper does, which rounds each tree's sum";
  private static final String BY_MATRIX = "write those of booster.predict(DMatrix)";

  private record Scoring(String cause, Cure cure, Supplier<Engine> other) implements Claim {
    @Override
    public Engine engine(Engine usual) {
      return other.get();
    }
  }

  private static Cure rounds(String option) {
    return new Cure("give --rounds " + option, trial -> trial.rounds(option));
  }

  private ForestClaims() {}

  private static Claim scoring(String cause, Cure cure, Engine other) {
    return new Scoring(cause, cure, () -> other);
  }

  /** Returns the usual forest, and the others that have names. */
  static List<Claim> named(Evidence evidence) {
    Sealing sealing = evidence.sealing();
    XgboostModel model = sealing.model();
    int usual = sealing.rounds().end();
    Map<Integer, Claim> rounds = new LinkedHashMap<>();
    rounds.put(usual, Claim.NOTHING);
    try {
      int best = RoundsChoice.best(model).end();
      if (best != usual) {
        rounds.put(
            best,
            scoring(
                "the trainer stopped early and scored the best %s of %s rounds"
                    .formatted(best, model.rounds()),
                rounds("best"),
                evidence.engine(best)));
      }
    } catch (CorruptModelException e) {
      // The file names a best iteration that it does not have: then nobody scored with it.
    }

    if (!rounds.containsKey(model.rounds())) {
      rounds.put(
          model.rounds(),
          scoring(
              "the trainer scored all %s rounds".formatted(model.rounds()),
              rounds("all"),
              evidence.engine(model.rounds())));
    }

    List<Claim> claims = new ArrayList<>(rounds.values());
    if (sealing.schema().offsets().isEmpty()) { // with them, inplace prediction has the same bits
      rounds.forEach((end, claim) -> inplace(evidence, end, claim).ifPresent(claims::add));
    }

    return claims;
  }

  private static Optional<Claim> inplace(Evidence evidence, int end, Claim rounds) {
    XgboostModel model = evidence.sealing().model();
    String cause = rounds.text().isEmpty() ? INPLACE : rounds.text() + "; and " + INPLACE;
    try {
      return model
          .dartInplace(evidence.rounds(end))
          .map(
              forest ->
                  scoring(
                      cause, new Cure(BY_MATRIX, rounds.cure().change()), evidence.engine(forest)));
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the model with each smaller number of rounds, the largest first, whose engine is made
   * only when it is tried; none if there are too many to try.
   *
   * @param rows number of rows that each will be tried on
   */
  static List<Claim> numbered(Evidence evidence, int rows) {
    Sealing sealing = evidence.sealing();
    XgboostModel model = sealing.model();
    List<Claim> claims = new ArrayList<>();
    boolean isTooMany = (long) model.rounds() * model.trees() / 2 * rows > MAX_TREE_WALKS;
    if (model.isLinear() || isTooMany) {
      return claims;
    }

    for (int last = model.rounds() - 1; last > 0; last--) {
      int end = last;
      if (end != sealing.rounds().end()) {
        claims.add(
            new Scoring(
                "the trainer scored the first %s of %s rounds".formatted(end, model.rounds()),
                rounds(String.valueOf(end)),
                () -> evidence.forest(end)));
      }
    }

    return claims;
  }
}
