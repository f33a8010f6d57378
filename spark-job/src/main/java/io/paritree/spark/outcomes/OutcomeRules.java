package io.paritree.spark.outcomes;

import io.paritree.feature.NearestName;
import io.paritree.outcome.Measured;
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
import java.util.Set;
import java.util.TreeMap;

/** What must hold of the measures: rules such as {@code total.auc >= 0.70}. */
final class OutcomeRules implements RuleValues {
  private static final String NO_SLICE =
      "no version, mature segment or partition has this name yet";

  /** The measures of each subject; none of one without a label. */
  private final Map<String, Map<String, Double>> subjects = new TreeMap<>();

  private final String absence; // why a measure has no value

  private OutcomeRules(OutcomeReport report) {
    absence =
        report.scores() == OutcomeReport.Scores.HIDDEN
            ? "there is no value, or the output may be encrypted and it is left out"
            : "there is no value";
    for (SliceOutcome own : report.slices()) {
      subjects.put(own.slice().name(), own.measured().map(OutcomeRules::values).orElse(Map.of()));
    }

    if (report.query().challenger().isPresent()) {
      Optional<ModelComparison> own = report.comparison();
      subjects.put(
          ModelComparison.CHALLENGER,
          own.map(any -> values(any.difference().challenger())).orElse(Map.of()));
      subjects.put(
          ModelComparison.DIFFERENCE, own.map(ModelComparison::differences).orElse(Map.of()));
    }
  }

  private static Map<String, Double> values(Measured measured) {
    Map<String, Double> values = new TreeMap<>();
    measured.measures().forEach(own -> values.put(own.name(), own.value()));
    return values;
  }

  /**
   * Checks rules before anything is read: their form, and measures of subjects that are known.
   *
   * @param measures the names of all measures
   */
  static void check(OutcomeQuery query, List<String> measures) throws RuleException {
    RuleWords words = words(Set.of(Slice.TOTAL.name()), query, measures, words(measures));
    for (String rule : query.requirements()) {
      Rule.of(rule, words);
    }
  }

  private static RuleWords words(
      Set<String> subjects,
      OutcomeQuery query,
      List<String> measures,
      List<RuleWords.Measure> others) {
    Map<String, List<RuleWords.Measure>> known = new TreeMap<>();
    subjects.forEach(name -> known.put(name, words(measures)));
    if (query.challenger().isPresent()) {
      known.put(ModelComparison.CHALLENGER, words(measures));
      known.put(ModelComparison.DIFFERENCE, words(ModelComparison.words(measures)));
    }

    return new RuleWords(known, others);
  }

  private static List<RuleWords.Measure> words(List<String> measures) {
    return measures.stream().map(name -> RuleWords.Measure.value(name, List.of())).toList();
  }

  /** Returns the verdicts about the slices of a report; a rule that has fired holds. */
  static List<Verdict> verdicts(OutcomeReport report, List<String> measures) throws RuleException {
    OutcomeRules values = new OutcomeRules(report);
    RuleWords words = words(values.subjects.keySet(), report.query(), measures, words(measures));
    List<Verdict> verdicts = new ArrayList<>();
    for (String rule : report.query().requirements()) {
      verdicts.add(Rule.of(rule, words).verdict(values));
    }

    return verdicts;
  }

  @Override
  public List<String> subjects(String word) {
    return List.of(word);
  }

  @Override
  public Reading value(String subject, String measure) {
    Map<String, Double> values = subjects.get(subject);
    if (values == null) {
      return Reading.absent(
          NO_SLICE
              + NearestName.of(subject, subjects.keySet())
                  .map("; did you mean '%s'?"::formatted)
                  .orElse(""));
    } else if (values.isEmpty()) {
      return Reading.absent("it has no label, or is not mature");
    }

    Double own = values.get(measure);
    if (own == null) {
      return Reading.absent("it is no measure of such outcomes");
    }

    return Double.isNaN(own) ? Reading.absent(absence) : Reading.of(own);
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
