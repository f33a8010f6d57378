package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.seal.Sealing;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Claims that the trainer added other trees, or added them otherwise. */
final class ForestClaims {
  /** To try all numbers of rounds takes time in the square of their number. */
  private static final long MAX_TREE_WALKS = 20_000_000;

  private static final String INPLACE =
      "the predictions of this DART model were made by inplace prediction, as the scikit-learn wrapper does, which rounds each tree's sum: write those of booster.predict(DMatrix)";

  private record Scoring(String text, Engine other) implements Claim {
    @Override
    public Engine engine(Engine usual) {
      return other;
    }
  }

  /** Some of the first rounds; its engine is made only when it is tried. */
  private record FirstRounds(XgboostModel model, int end, Schema schema) implements Claim {
    @Override
    public String text() {
      return "the trainer scored the first %s of %s rounds: give --rounds %s"
          .formatted(end, model.rounds(), end);
    }

    @Override
    public Engine engine(Engine usual) {
      try {
        return Opening.forest(model, range(model, end), schema);
      } catch (CorruptModelException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private ForestClaims() {}

  /** Returns the usual forest, and the others that have names. */
  static List<Claim> named(Sealing sealing) {
    XgboostModel model = sealing.model();
    int usual = sealing.rounds().end();
    Map<Integer, String> rounds = new LinkedHashMap<>();
    rounds.put(usual, "");
    try {
      rounds.putIfAbsent(
          RoundsChoice.best(model).end(),
          "the trainer stopped early and scored the best %s of %s rounds: give --rounds best"
              .formatted(RoundsChoice.best(model).end(), model.rounds()));
    } catch (CorruptModelException e) {
      // The file names a best iteration that it does not have: then nobody scored with it.
    }

    rounds.putIfAbsent(
        model.rounds(),
        "the trainer scored all %s rounds: give --rounds all".formatted(model.rounds()));
    List<Claim> claims = new ArrayList<>();
    try {
      for (Map.Entry<Integer, String> choice : rounds.entrySet()) {
        int end = choice.getKey();
        claims.add(
            end == usual ? Claim.NOTHING : new Scoring(choice.getValue(), engine(sealing, end)));
      }

      for (Map.Entry<Integer, String> choice : rounds.entrySet()) {
        if (!sealing.schema().offsets().isEmpty()) {
          break; // with a base margin, inplace prediction has the same bits
        }

        String text =
            choice.getValue().isEmpty() ? INPLACE : choice.getValue() + "; and " + INPLACE;
        model
            .dartInplace(range(model, choice.getKey()))
            .ifPresent(forest -> claims.add(new Scoring(text, forest)));
      }
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }

    return claims;
  }

  /**
   * Returns the model with each smaller number of rounds, the largest first; none if there are too
   * many to try.
   *
   * @param rows number of rows that each will be tried on
   */
  static List<Claim> numbered(Sealing sealing, int rows) {
    XgboostModel model = sealing.model();
    List<Claim> claims = new ArrayList<>();
    boolean isTooMany = (long) model.rounds() * model.trees() / 2 * rows > MAX_TREE_WALKS;
    if (model.isLinear() || isTooMany) {
      return claims;
    }

    for (int end = model.rounds() - 1; end > 0; end--) {
      if (end != sealing.rounds().end()) {
        claims.add(new FirstRounds(model, end, sealing.schema()));
      }
    }

    return claims;
  }

  private static Engine engine(Sealing sealing, int end) throws CorruptModelException {
    Rounds range = range(sealing.model(), end);
    return Opening.forest(sealing.model(), range, sealing.schema()).fast();
  }

  private static Rounds range(XgboostModel model, int end) {
    return end == model.rounds() ? Rounds.ALL : new Rounds(end);
  }
}
