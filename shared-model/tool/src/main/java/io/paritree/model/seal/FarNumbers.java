package io.paritree.model.seal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The numbers of a column that look like missing values: usual ones such as -999 that occur more
 * than once and are far from all others, or are the only negative ones.
 */
final class FarNumbers {
  private static final double LEAST_DISTANCE = 50;
  private static final double[] USUAL = {
    -999,
    -9_999,
    -99_999,
    -999_999,
    -99,
    999,
    9_999,
    99_999,
    999_999,
    -2_147_483_648.0,
    2_147_483_647.0
  };

  private final Map<Double, Long> rowsOf = new TreeMap<>();
  private double least = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;

  /** Adds the number of a row; NaN is ignored. A usual number is recognised as a float, too. */
  void add(double number) {
    for (double usual : USUAL) {
      if ((float) usual == (float) number) {
        rowsOf.merge(usual, 1L, Long::sum);
        return;
      }
    }

    if (!Double.isNaN(number)) {
      least = Math.min(least, number);
      largest = Math.max(largest, number);
    }
  }

  /** Returns the numbers that look like missing values, ascending. */
  List<Double> found() {
    double distance = Math.max((largest - least) / 2, LEAST_DISTANCE);
    return rowsOf.entrySet().stream()
        .filter(entry -> entry.getValue() > 1 && least <= largest)
        .map(Map.Entry::getKey)
        .filter(
            number ->
                number < least - distance
                    || number > largest + distance
                    || (number < 0 && least >= 0))
        .toList();
  }
}
