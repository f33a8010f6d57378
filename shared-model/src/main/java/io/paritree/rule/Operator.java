package io.paritree.rule;

/** When a rule fires: if a value is on this side of the limit. */
public enum Operator {
  LESS("<"),
  AT_MOST("<="),
  GREATER(">"),
  AT_LEAST(">=");

  private final String sign;

  Operator(String sign) {
    this.sign = sign;
  }

  /** Returns the operator as a rule has it. */
  public String sign() {
    return sign;
  }

  /** Returns whether large values fire. */
  boolean isUpper() {
    return this == GREATER || this == AT_LEAST;
  }

  boolean holds(double value, double limit) {
    return switch (this) {
      case LESS -> value < limit;
      case AT_MOST -> value <= limit;
      case GREATER -> value > limit;
      case AT_LEAST -> value >= limit;
    };
  }

  /** Returns how far a value is on this side of the limit; negative on the other side. */
  double beyond(double value, double limit) {
    return isUpper() ? value - limit : limit - value;
  }
}
