package io.paritree.outcome;

/**
 * Measures the rows of a group in one pass, in the order of their scores, in memory for a few
 * numbers. Not thread-safe.
 */
public sealed interface OutcomeMeasuring permits BinaryOutcome, ValueOutcome {
  /**
   * Adds rows, whose score is not below the scores before.
   *
   * @throws IllegalArgumentException if it is, or is no score that can be measured
   */
  void add(OutcomeRow row);

  /** Returns the measures; all rows must have been added, and no more may be. */
  Measured measured();
}
