package io.paritree.outcome;

import java.util.List;
import java.util.Locale;

/** What outcomes are, which decides how scores are measured. */
public enum OutcomeKind {
  /** One of two; a score is the probability of the positive one. */
  BINARY,
  /** A number, as a score is. */
  VALUES,
  /** One of several classes, each of which may have a score of its own, its probability. */
  CLASSES,
  /** How relevant a row is in its list, whose order is that of the scores. */
  RANKING;

  /** Returns the kind as reports name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns what measures rows of a group.
   *
   * @param totals of all rows that will be added
   * @param classes the names of the classes; empty for other kinds
   */
  public OutcomeMeasuring measuring(OutcomeTotals totals, List<String> classes) {
    return switch (this) {
      case BINARY -> new BinaryOutcome(totals);
      case VALUES -> new ValueOutcome(totals);
      case CLASSES -> new ClassOutcome(totals, classes);
      case RANKING -> new RankOutcome(totals);
    };
  }

  ResampledMeasures resampled() {
    return switch (this) {
      case BINARY -> new ResampledBinary();
      case VALUES -> new ResampledValues();
      case CLASSES -> new ResampledClasses();
      case RANKING -> new ResampledRanking();
    };
  }
}
