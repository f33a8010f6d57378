package io.paritree.comparison;

import java.util.Locale;

/** What a change of the contract means to those who use a model, the least first. */
public enum Effect {
  /** Nothing that they could see. */
  COMPATIBLE,
  /** No score changes by it, but what is said of one. */
  NOTE,
  /** The same records are accepted, and mean other slots or labels. */
  MEANING,
  /** An input must have one more column. */
  NEEDS_COLUMN,
  /** Rows that were scored may be refused; the rows decide. */
  BREAKING_BY_DATA,
  /** What worked does not work any more. */
  BREAKING;

  /** Returns the word for it in documents. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether it keeps a model from taking another's place unseen. */
  boolean isBreaking() {
    return compareTo(BREAKING_BY_DATA) >= 0;
  }
}
