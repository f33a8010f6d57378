package io.paritree.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The words that rules may use. Immutable and thread-safe.
 *
 * @param subjects what is measured of each subject
 * @param others the subjects that are not known yet
 */
public record RuleWords(Map<String, List<Measure>> subjects, Others others) {
  /**
   * Subjects that are not known yet.
   *
   * @param measures what is measured of them; empty if all subjects are known
   * @param names what their names look like
   * @param examples of names, for messages; empty if they may be any
   */
  public record Others(List<Measure> measures, Pattern names, List<String> examples) {
    public static final Others NONE = any(List.of());

    public Others {
      measures = List.copyOf(measures);
      examples = List.copyOf(examples);
    }

    /** Returns subjects that may have any name. */
    public static Others any(List<Measure> measures) {
      return new Others(measures, Pattern.compile("(?s).*"), List.of());
    }

    boolean mayBe(String subject) {
      return !measures.isEmpty() && names.matcher(subject).matches();
    }
  }

  /**
   * Something that is measured of a subject.
   *
   * @param name empty for the only measure of a subject, which a rule does not name
   * @param baselines that a rule may name; of a comparison, the first one is meant by a rule that
   *     names none
   */
  public record Measure(String name, Kind kind, List<String> baselines) {
    /** What the value of a measure is. */
    public enum Kind {
      /** A number of the rows alone. */
      NUMBER,
      /** One of some words, the least first, which are the only bounds. */
      WORD,
      /**
       * A number that compares with a baseline itself: a rule names the baseline after the measure,
       * as in {@code any.psi(previous) > 0.25}.
       */
      COMPARISON
    }

    public Measure {
      baselines = List.copyOf(baselines);
    }

    /** Returns a measure of the rows alone, to be compared with a number or in a baseline. */
    public static Measure value(String name, List<String> baselines) {
      return new Measure(name, Kind.NUMBER, baselines);
    }

    /** Returns a measure of how much the rows differ from a baseline. */
    public static Measure comparison(String name, List<String> baselines) {
      return new Measure(name, Kind.COMPARISON, baselines);
    }

    /** Returns a measure whose value is one of some words, the least first. */
    public static Measure word(String name, List<String> words) {
      return new Measure(name, Kind.WORD, words);
    }

    boolean isComparison() {
      return kind == Kind.COMPARISON;
    }
  }

  public RuleWords {
    Map<String, List<Measure>> sorted = new TreeMap<>();
    subjects.forEach((subject, measures) -> sorted.put(subject, List.copyOf(measures)));
    subjects = Collections.unmodifiableMap(sorted);
  }

  /** Returns what is measured of a subject; empty if there is no such subject. */
  Optional<List<Measure>> of(String subject) {
    List<Measure> measures = subjects.get(subject);
    if (measures != null) {
      return Optional.of(measures);
    }

    return others.mayBe(subject) ? Optional.of(others.measures()) : Optional.empty();
  }

  /** Returns the subjects in an order for messages. */
  List<String> known() {
    return new ArrayList<>(subjects.keySet());
  }
}
