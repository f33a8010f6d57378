package io.paritree.rule;

/** When a rule fires: if a value is on this side of the limit, or on either side. */
public enum Operator {
  LESS("<"),
  AT_MOST("<="),
  GREATER(">"),
  AT_LEAST(">="),
  NOT_EQUAL("!=");

  private final String sign;

  Operator(String sign) {
    this.sign = sign;
  }

  /** Returns the operator as a rule has it. */
  public String sign() {
    return sign;
  }

  boolean holds(double value, double limit) {
    return switch (this) {
      case LESS -> value < limit;
      case AT_MOST -> value <= limit;
      case GREATER -> value > limit;
      case AT_LEAST -> value >= limit;
      case NOT_EQUAL -> value != limit;
    };
  }

  /**
   * Returns of all values that are so near to one the one that is the least on this side of the
   * limit: if it holds for that, it holds for each.
   */
  double least(double value, double error, double limit) {
    return switch (this) {
      case LESS, AT_MOST -> value + error;
      case GREATER, AT_LEAST -> value - error;
      case NOT_EQUAL -> Math.abs(value - limit) <= error ? limit : value;
    };
  }

  /**
   * Returns what a value is compared with, where a larger one can be chance.
   *
   * @param noise up to this, what is above the limit can be chance
   * @return the limit; if large values fire, the noise above it; the value itself if it differs
   *     from the limit by chance only
   */
  double limit(double value, double limit, double noise) {
    return switch (this) {
      case LESS, AT_MOST -> limit;
      case GREATER, AT_LEAST -> Math.max(limit, noise);
      case NOT_EQUAL -> value > limit && value <= noise ? value : limit;
    };
  }

  /** Returns how far a value is on this side of the limit; negative on the other side. */
  double beyond(double value, double limit) {
    return switch (this) {
      case LESS, AT_MOST -> limit - value;
      case GREATER, AT_LEAST -> value - limit;
      case NOT_EQUAL -> Math.abs(value - limit);
    };
  }
}
