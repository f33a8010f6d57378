package io.paritree.spark.outcomes;

import io.paritree.outcome.Measure;
import io.paritree.rule.Reading;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.RuleValues;
import io.paritree.rule.RuleWords;
import io.paritree.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What must hold of the measures: rules such as {@code total.auc >= 0.70}. */
final class OutcomeRules implements RuleValues {
  private static final String NONE = "it has no label yet, or no mature one";

  private final Map<String, SliceOutcome> slices = new TreeMap<>();

  private OutcomeRules(List<SliceOutcome> all) {
    all.forEach(own -> slices.put(own.slice().name(), own));
  }

  /**
   * Checks rules before anything is read: their form, and measures of the total.
   *
   * @param measures the names of all measures
   */
  static void check(List<String> rules, List<String> measures) throws RuleException {
    for (String rule : rules) {
      Rule.of(rule, new RuleWords(Map.of(Slice.TOTAL.name(), words(measures)), words(measures)));
    }
  }

  private static List<RuleWords.Measure> words(List<String> measures) {
    return measures.stream().map(name -> RuleWords.Measure.value(name, List.of())).toList();
  }

  /** Returns the verdicts about the slices of a report; a rule that has fired holds. */
  static List<Verdict> verdicts(OutcomeReport report, List<String> measures) throws RuleException {
    OutcomeRules values = new OutcomeRules(report.slices());
    Map<String, List<RuleWords.Measure>> known = new TreeMap<>();
    values.slices.keySet().forEach(name -> known.put(name, words(measures)));
    List<Verdict> verdicts = new ArrayList<>();
    for (String rule : report.query().requirements()) {
      verdicts.add(Rule.of(rule, new RuleWords(known, List.of())).verdict(values));
    }

    return verdicts;
  }

  @Override
  public List<String> subjects(String word) {
    return List.of(word);
  }

  @Override
  public Reading value(String subject, String measure) {
    SliceOutcome slice = slices.get(subject);
    if (slice.measured().isEmpty()) {
      return Reading.absent(NONE);
    }

    Optional<Measure> own =
        slice.measured().get().measures().stream()
            .filter(any -> any.name().equals(measure))
            .findFirst();
    return own.map(any -> Reading.of(any.value()))
        .orElseGet(() -> Reading.absent("it is no measure of such outcomes"));
  }

  @Override
  public Reading inBaseline(String subject, String measure, String baseline) {
    throw new IllegalStateException("No rule about outcomes has a baseline: " + baseline);
  }

  @Override
  public Reading comparison(String subject, String measure, String baseline) {
    throw new IllegalStateException("No measure of outcomes compares: " + measure);
  }
}
