package io.paritree.outcome;

import io.paritree.rule.RuleWords;
import io.paritree.rule.RuleWords.Measure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The words of rules about outcomes, such as {@code total.auc >= 0.70}.
 *
 * <p>Subjects are {@code total}, the names of slices and, of two models, {@code challenger} and
 * {@code difference}. A difference also has the ends of its interval: {@code auc_low}, {@code
 * auc_high}.
 */
public final class OutcomeWords {
  /** The subject that is all measured rows. */
  public static final String TOTAL = "total";

  /** The subject that is the other of two models. */
  public static final String CHALLENGER = "challenger";

  /** The subject that is the challenger's measures less the published ones. */
  public static final String DIFFERENCE = "difference";

  /** The measure that is the number of rows. */
  public static final String ROWS = "n";

  /** What follows a measure's name in that of the lower end of its interval. */
  static final String LOW = "_low";

  static final String HIGH = "_high";

  private static final OutcomeTotals NO_ROWS = new OutcomeTotals.Sum().totals();

  private OutcomeWords() {}

  /** Returns what is measured of rows, of any kind of outcomes. */
  public static List<Measure> ofRows() {
    return Stream.concat(Stream.of(ROWS), names().stream()).map(OutcomeWords::measure).toList();
  }

  /** Returns the words about one model. */
  public static RuleWords ofOne(Collection<String> slices) {
    return new RuleWords(subjects(slices), ofRows());
  }

  /** Returns the words about two models. */
  public static RuleWords ofTwo(Collection<String> slices) {
    Map<String, List<Measure>> subjects = subjects(slices);
    subjects.put(CHALLENGER, ofRows());
    subjects.put(
        DIFFERENCE,
        names().stream()
            .flatMap(name -> Stream.of(name, name + LOW, name + HIGH))
            .map(OutcomeWords::measure)
            .toList());
    return new RuleWords(subjects, ofRows());
  }

  private static Map<String, List<Measure>> subjects(Collection<String> slices) {
    Map<String, List<Measure>> subjects = new TreeMap<>();
    slices.forEach(name -> subjects.put(name, ofRows()));
    subjects.put(TOTAL, ofRows());
    return subjects;
  }

  private static List<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (OutcomeKind kind : OutcomeKind.values()) {
      Measured none = OutcomeForm.of(kind).measuring(NO_ROWS).measured();
      none.measures().forEach(own -> names.add(own.name()));
    }

    return new ArrayList<>(names);
  }

  private static Measure measure(String name) {
    return Measure.value(name, List.of());
  }
}
