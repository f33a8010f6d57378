package io.paritree.proof;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Reasons;
import java.util.Optional;

/**
 * The reasons that each way is asked for: the fields that move a record's margin most, whether up
 * or down.
 *
 * @param most how many fields at most; 0 for no reasons
 * @param mode how contributions are computed
 */
public record AskedReasons(int most, ContributionMode mode) {
  public static final AskedReasons NONE = new AskedReasons(0, ContributionMode.FAST);

  /** Returns whether there are any. */
  public boolean areAsked() {
    return most > 0;
  }

  /** Returns whether contributions have the bits of libxgboost. */
  public boolean areExact() {
    return mode == ContributionMode.EXACT;
  }

  /** Returns why a model does not have them; empty if it does, or none are asked for. */
  public Optional<String> problem(ScoringModel model) {
    if (!areAsked()) {
      return Optional.empty();
    }

    try {
      Reasons reasons = Reasons.of(model, mode);
      return most > reasons.groups().size()
          ? Optional.of(
              "--reasons is %s, but the model has %s fields"
                  .formatted(most, reasons.groups().size()))
          : reasons.winnerProblem();
    } catch (UnsupportedModelException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Returns where a way puts its reasons.
   *
   * @param records how many
   * @param haveSums whether the way also shows what the reasons are added to, and the rest
   */
  public AnsweredReasons answered(int records, boolean haveSums) {
    return new AnsweredReasons(records, most, haveSums);
  }

  /**
   * Returns how many bytes of heap the answer for a record takes, where answers are kept.
   *
   * @param outputs how many margins it has
   * @param scores how many scores it has
   */
  public long keptBytes(int outputs, int scores) {
    return WayAnswers.keptBytes(outputs, scores) + AnsweredReasons.keptBytes(most);
  }

  /** Returns the parameters of a request's query, each after an ampersand. */
  String query() {
    return areAsked() ? "&reasons=%s&exact=%s".formatted(most, areExact()) : "";
  }

  /** Returns the parameters of a request as an object of JSON; there must be any. */
  String json() {
    return "{\"reasons\":%s,\"exact\":%s}".formatted(most, areExact());
  }
}
