package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeValues;
import io.paritree.outcome.OutcomeWords;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.RuleWords;
import io.paritree.rule.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold of the measures: rules such as {@code total.auc >= 0.70}. */
final class OutcomeRules {
  private OutcomeRules() {}

  /**
   * Checks rules before what they are about is read: their form, and whether outcomes of some kinds
   * can have such subjects and measures.
   */
  static void check(OutcomeQuery query, Set<OutcomeKind> kinds) throws RuleException {
    RuleWords words = words(query, kinds, Set.of());
    for (String rule : query.requirements()) {
      Rule.of(rule, words);
    }
  }

  private static RuleWords words(
      OutcomeQuery query, Set<OutcomeKind> kinds, Collection<String> slices) {
    return query.challenger().isEmpty()
        ? OutcomeWords.ofOne(kinds, slices)
        : OutcomeWords.ofTwo(kinds, slices);
  }

  /** Returns the verdicts about the slices of a report; a rule that has fired holds. */
  static List<Verdict> verdicts(OutcomeReport report) throws RuleException {
    OutcomeValues values = values(report);
    RuleWords words = words(report.query(), Set.of(report.kind()), values.subjects());
    List<Verdict> verdicts = new ArrayList<>();
    for (String rule : report.query().requirements()) {
      verdicts.add(Rule.of(rule, words).verdict(values));
    }

    return verdicts;
  }

  private static OutcomeValues values(OutcomeReport report) {
    Map<String, Map<String, Double>> subjects = new LinkedHashMap<>();
    if (!report.query().challenger().isEmpty()) {
      Optional<ModelComparison> own = report.comparison();
      subjects.put(
          OutcomeWords.CHALLENGER,
          own.map(any -> OutcomeValues.of(any.difference().challenger())).orElse(Map.of()));
      subjects.put(
          OutcomeWords.DIFFERENCE,
          own.map(any -> OutcomeValues.of(any.difference())).orElse(Map.of()));
    }

    // The total is the first slice; others may have one of these names.
    for (SliceOutcome own : report.slices()) {
      subjects.putIfAbsent(
          own.slice().name(), own.measured().map(OutcomeValues::of).orElse(Map.of()));
    }

    return new OutcomeValues(subjects);
  }
}
