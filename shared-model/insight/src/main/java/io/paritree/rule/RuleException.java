package io.paritree.rule;

/** A text is no rule, or uses words that there are not. */
public final class RuleException extends Exception {
  RuleException(String message) {
    super(message);
  }
}
