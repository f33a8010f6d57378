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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The words of rules about outcomes, such as {@code total.auc >= 0.70}.
 *
 * <p>Subjects are {@code total}, the names of slices and, of two models, {@code challenger} and
 * {@code difference}. A difference also has the ends of its interval: {@code auc_low}, {@code
 * auc_high}. What no outcomes can have is no word, so that a rule about it is refused before
 * anything is read.
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

  /** The number of equal rows that say as much, where rows have weights. */
  public static final String EFFECTIVE_ROWS = "effective_n";

  /** What follows a measure's name in that of the lower end of its interval. */
  public static final String LOW = "_low";

  /** What follows it in that of the upper end. */
  public static final String HIGH = "_high";

  /** A version is {@code credit/3} or {@code unsealed:0a1b2c}; all else has a column's name. */
  private static final Pattern SLICE = Pattern.compile("(?s).*[/:=].*");

  private static final List<String> SLICES = List.of("credit/3", "region=DE");

  private static final OutcomeTotals NO_ROWS = new OutcomeTotals.Sum().totals();

  private OutcomeWords() {}

  /** Returns what is measured of rows whose outcomes may be of some kinds. */
  static List<Measure> ofRows(Set<OutcomeKind> kinds) {
    return Stream.concat(Stream.of(ROWS), names(kinds).stream())
        .map(OutcomeWords::measure)
        .toList();
  }

  /**
   * Returns the words about one model.
   *
   * @param kinds that outcomes may be of
   * @param slices that are known
   */
  public static RuleWords ofOne(Set<OutcomeKind> kinds, Collection<String> slices) {
    return words(subjects(kinds, slices), kinds);
  }

  /** Returns the words about two models, as {@link #ofOne}. */
  public static RuleWords ofTwo(Set<OutcomeKind> kinds, Collection<String> slices) {
    Map<String, List<Measure>> subjects = subjects(kinds, slices);
    subjects.put(CHALLENGER, ofRows(kinds));
    subjects.put(
        DIFFERENCE,
        names(kinds).stream()
            .flatMap(name -> Stream.of(name, name + LOW, name + HIGH))
            .map(OutcomeWords::measure)
            .toList());
    return words(subjects, kinds);
  }

  private static RuleWords words(Map<String, List<Measure>> subjects, Set<OutcomeKind> kinds) {
    return new RuleWords(subjects, new RuleWords.Others(ofRows(kinds), SLICE, SLICES));
  }

  private static Map<String, List<Measure>> subjects(
      Set<OutcomeKind> kinds, Collection<String> slices) {
    Map<String, List<Measure>> subjects = new TreeMap<>();
    slices.forEach(name -> subjects.put(name, ofRows(kinds)));
    subjects.put(TOTAL, ofRows(kinds));
    return subjects;
  }

  private static List<String> names(Set<OutcomeKind> kinds) {
    Set<String> names = new LinkedHashSet<>();
    for (OutcomeKind kind : kinds) {
      Measured none = OutcomeForm.of(kind).measuring(NO_ROWS).measured();
      none.measures().forEach(own -> names.add(own.name()));
    }

    return new ArrayList<>(names);
  }

  private static Measure measure(String name) {
    return Measure.value(name, List.of());
  }
}
