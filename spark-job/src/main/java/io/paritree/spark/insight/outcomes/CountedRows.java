package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.ValueSums;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;

/**
 * Rows that are alike. Of a ranking, none are measured here.
 *
 * @param number of their {@link RowGroup}
 * @param hasOutcome whether they have a label
 * @param isLeak whether that is from before they were scored
 * @param isMeasured whether {@link #row} has a score
 * @param bin of their scores, of several classes of the largest ones ({@link ScoreBins})
 */
record CountedRows(
    long number, boolean hasOutcome, boolean isLeak, boolean isMeasured, int bin, OutcomeRow row) {
  // Places of the whole numbers of a ColumnBlock.
  static final int NUMBER = 0;
  static final int FLAGS = 1;
  static final int ROWS = 2;
  static final int BIN = 3; // this and the next only of classes
  static final int PART = 4;

  // Bits of FLAGS.
  static final int HAS_OUTCOME = 1;
  static final int IS_LEAK = 2;
  static final int IS_MEASURED = 4;

  // Places of its other numbers.
  static final int SAID = 0;
  static final int SCORE = 1;
  static final int OUTCOME = 2;
  static final int WEIGHT = 3;
  static final int SQUARES = 4;
  static final int SCORES = 5; // by weight, where scores are taken for equal
  static final int OUTCOMES = 6; // this and the next only of values
  static final int LEAST = 7;
  static final int LARGEST = 8;
  static final int TERMS = 9;

  /** Returns whether this counts its rows: of classes, they are in several groups. */
  boolean counts(OutcomeKind kind) {
    return kind != OutcomeKind.CLASSES || row.isOfItsOutcome();
  }

  /**
   * What is needed to read them.
   *
   * @param centre about the mean of all outcomes
   * @param label the outcome that the label of a {@link RowGroup} says, by the group's number
   */
  record Reading(OutcomeKind kind, double centre, LongToDoubleFunction label) {
    /** Reads a group of a block. */
    CountedRows of(ColumnBlock block, int at) {
      long number = block.whole(NUMBER, at);
      long flags = block.whole(FLAGS, at);
      long rows = block.whole(ROWS, at);
      boolean isMeasured = (flags & IS_MEASURED) != 0 && kind != OutcomeKind.RANKING;
      boolean isOfClasses = kind == OutcomeKind.CLASSES;
      double score = block.number(SCORE, at);
      double said = block.number(SAID, at);
      double weight = block.number(WEIGHT, at);
      double outcome = block.number(OUTCOME, at);
      Optional<ValueSums> values = Optional.empty();
      if (kind == OutcomeKind.VALUES && isMeasured) {
        double least = block.number(LEAST, at);
        boolean isOne = least == block.number(LARGEST, at);
        outcome = isOne ? least : block.number(OUTCOMES, at) / weight;
        values = Optional.of(values(block, at, isOne ? Double.NaN : outcome, weight));
      }

      return new CountedRows(
          number,
          (flags & HAS_OUTCOME) != 0,
          (flags & IS_LEAK) != 0,
          isMeasured,
          isOfClasses ? (int) block.whole(BIN, at) : ScoreBins.bin(score, ScoreBins.BITS),
          new OutcomeRow(
              isMeasured ? score : Double.NaN,
              outcome,
              Double.isNaN(said) ? label.applyAsDouble(number) : said,
              weight / rows,
              rows,
              isOfClasses ? block.whole(PART, at) : 0,
              block.number(SQUARES, at),
              values));
    }

    /**
     * @param mean of different outcomes; NaN if all are the same
     */
    private ValueSums values(ColumnBlock block, int at, double mean, double weight) {
      double within = weight * (mean - centre) * (mean - centre);
      return new ValueSums(
          term(block, 0, at),
          term(block, 1, at),
          term(block, 2, at),
          Double.isNaN(mean) ? 0 : Math.max(0, term(block, 3, at) - within),
          term(block, 4, at),
          term(block, 5, at),
          term(block, 6, at),
          term(block, 7, at));
    }

    private static double term(ColumnBlock block, int term, int at) {
      return block.number(TERMS + term, at);
    }
  }

  /**
   * Returns the same with another score.
   *
   * @param score by weight; null to change nothing
   */
  CountedRows with(GroupedScores.Mean score) {
    if (score == null || !isMeasured) {
      return this;
    }

    OutcomeRow other =
        new OutcomeRow(
            score.value(),
            row.outcome(),
            row.label(),
            row.weight(),
            row.rows(),
            row.part(),
            row.squares(),
            row.values());
    return new CountedRows(number, hasOutcome, isLeak, isMeasured, bin, other);
  }
}
