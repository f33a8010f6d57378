package io.paritree.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The words that rules may use. Immutable and thread-safe.
 *
 * @param subjects what is measured of each subject
 * @param others what is measured of subjects that are not known yet; empty if all of them are known
 */
public record RuleWords(Map<String, List<Measure>> subjects, List<Measure> others) {
  /**
   * Something that is measured of a subject.
   *
   * @param name empty for the only measure of a subject, which a rule does not name
   * @param isComparison whether the value compares with a baseline itself: a rule names the
   *     baseline after the measure, as in {@code any.psi(previous) > 0.25}
   * @param baselines that a rule may name; of a comparison, the first one is meant by a rule that
   *     names none
   */
  public record Measure(String name, boolean isComparison, List<String> baselines) {
    public Measure {
      baselines = List.copyOf(baselines);
    }

    /** Returns a measure of the rows alone, to be compared with a number or in a baseline. */
    public static Measure value(String name, List<String> baselines) {
      return new Measure(name, false, baselines);
    }

    /** Returns a measure of how much the rows differ from a baseline. */
    public static Measure comparison(String name, List<String> baselines) {
      return new Measure(name, true, baselines);
    }
  }

  public RuleWords {
    Map<String, List<Measure>> sorted = new TreeMap<>();
    subjects.forEach((subject, measures) -> sorted.put(subject, List.copyOf(measures)));
    subjects = Collections.unmodifiableMap(sorted);
    others = List.copyOf(others);
  }

  /** Returns what is measured of a subject; empty if there is no such subject. */
  Optional<List<Measure>> of(String subject) {
    List<Measure> measures = subjects.get(subject);
    if (measures != null) {
      return Optional.of(measures);
    }

    return others.isEmpty() ? Optional.empty() : Optional.of(others);
  }

  /** Returns the subjects in an order for messages. */
  List<String> known() {
    return new ArrayList<>(subjects.keySet());
  }
}
