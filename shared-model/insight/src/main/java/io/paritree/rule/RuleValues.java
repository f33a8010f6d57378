package io.paritree.rule;

import java.util.List;

/** The values that rules are about. */
public interface RuleValues {
  /** Returns the subjects that a word means: several for {@code any}, otherwise itself. */
  List<String> subjects(String word);

  /** Returns the values of the subjects that a word means, if others may have the same names. */
  default RuleValues of(String word) {
    return this;
  }

  /** Returns a value of the rows. */
  Reading value(String subject, String measure);

  /** Returns the same value in a baseline; its noise is of the difference to {@link #value}. */
  Reading inBaseline(String subject, String measure, String baseline);

  /** Returns how much the rows differ from a baseline. */
  Reading comparison(String subject, String measure, String baseline);
}
