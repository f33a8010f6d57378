package io.paritree.rule;

import java.util.List;

/**
 * What a value is compared with: a number, or the same value in a baseline, times {@code factor}
 * and plus {@code term}.
 *
 * @param baselines the first one that there is counts; empty for a number
 */
record Bound(List<String> baselines, double factor, double term) {
  Bound {
    baselines = List.copyOf(baselines);
  }

  static Bound number(double number) {
    return new Bound(List.of(), 0, number);
  }

  /** Returns whether it is the value in one baseline, as it is. */
  boolean isBaseline() {
    return baselines.size() == 1 && factor == 1 && term == 0;
  }

  double limit(double baseline) {
    return factor * baseline + term;
  }
}
