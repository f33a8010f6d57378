package io.paritree.outcome;

import java.io.Serializable;

/**
 * A sum of doubles with the part that rounding loses: the algorithm of A. Neumaier,
 * "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974. Its result
 * depends on the order.
 */
final class PreciseSum implements Serializable {
  private double sum;
  private double lost;

  void add(double value) {
    double next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }

  void add(PreciseSum other) {
    add(other.sum);
    lost += other.lost;
  }

  double value() {
    return sum + lost;
  }
}
