package io.paritree.outcome;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What outcomes are, with all that their measures need besides the rows.
 *
 * @param classes the names of the classes; empty for other kinds
 * @param quantile of values, the share of outcomes that should be below their scores, between 0 and
 *     1; empty if scores are no quantile
 */
public record OutcomeForm(OutcomeKind kind, List<String> classes, OptionalDouble quantile) {
  public OutcomeForm {
    classes = List.copyOf(classes);
  }

  /** Returns a form without classes and quantile. */
  public static OutcomeForm of(OutcomeKind kind) {
    return new OutcomeForm(kind, List.of(), OptionalDouble.empty());
  }

  /**
   * Returns what measures rows of a group.
   *
   * @param totals of all rows that will be added
   */
  public OutcomeMeasuring measuring(OutcomeTotals totals) {
    return switch (kind) {
      case BINARY -> new BinaryOutcome(totals);
      case VALUES -> new ValueOutcome(totals, quantile);
      case CLASSES -> new ClassOutcome(totals, classes);
      case RANKING -> new RankOutcome();
    };
  }
}
