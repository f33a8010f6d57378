package io.paritree.outcome;

import io.paritree.feature.NearestName;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What rules about outcomes ask of a report: the measures of each subject. Immutable and
 * thread-safe.
 */
public final class OutcomeValues implements RuleValues {
  private static final String NO_SLICE =
      "no version, mature segment or partition has this name yet";

  private final Map<String, Map<String, Double>> subjects;

  /**
   * @param subjects measures by name, of each subject; none of one without a label
   */
  public OutcomeValues(Map<String, Map<String, Double>> subjects) {
    this.subjects = Collections.unmodifiableMap(new LinkedHashMap<>(subjects));
  }

  /** Returns the measures of rows. */
  public static Map<String, Double> of(Measured measured) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(OutcomeWords.ROWS, (double) measured.rows());
    measured.measures().forEach(own -> values.put(own.name(), own.value()));
    return values;
  }

  /** Returns differences with the ends of their intervals, which are NaN without one. */
  public static Map<String, Double> of(OutcomeDifference difference) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Measure own : difference.differences()) {
      values.put(own.name(), own.value());
      values.putAll(
          ends(
              own.name(),
              own.interval().map(Interval::low).orElse(Double.NaN),
              own.interval().map(Interval::high).orElse(Double.NaN)));
    }

    return values;
  }

  /** Returns the ends of an interval by the names that rules have for them. */
  public static Map<String, Double> ends(String measure, double low, double high) {
    return Map.of(measure + OutcomeWords.LOW, low, measure + OutcomeWords.HIGH, high);
  }

  /** Returns the names of the subjects. */
  public Set<String> subjects() {
    return subjects.keySet();
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

    return Double.isNaN(own) ? Reading.absent("there is no value") : Reading.of(own);
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
