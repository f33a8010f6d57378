package io.paritree.outcome;

/**
 * Measures the rows of a group in one pass, in the order of their scores, in memory for a few
 * numbers, or for one list of a ranking. Not thread-safe.
 */
public sealed interface OutcomeMeasuring
    permits BinaryOutcome, ValueOutcome, ClassOutcome, RankOutcome {
  /**
   * Adds rows, whose score is not below the scores before; of a ranking, of the same list.
   *
   * @throws IllegalArgumentException if it is, or is no score that can be measured
   */
  void add(OutcomeRow row);

  /** Returns the measures; all rows must have been added, and no more may be. */
  Measured measured();
}
