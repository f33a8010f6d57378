package io.paritree.outcome;

import java.util.Locale;

/** What outcomes are, which decides how scores are measured. */
public enum OutcomeKind {
  /** One of two; a score is the probability of the positive one. */
  BINARY,
  /** A number, as a score is. */
  VALUES,
  /** One of several classes, each of which may have a score of its own, its probability. */
  CLASSES,
  /** How relevant a row is in its list, whose order is that of the scores. */
  RANKING;

  /** Returns the kind as reports name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
