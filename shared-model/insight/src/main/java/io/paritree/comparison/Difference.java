package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * By how much values differ from row to row: the mean, and quantiles without the sign.
 *
 * @param mean of the challenger's values less the champion's; NaN if a value is no number
 * @param p50 the least difference that half of the rows do not exceed, to one part in 256, as the
 *     other quantiles
 * @param max the largest difference, to the last bit of a double
 */
public record Difference(double mean, double p50, double p90, double p99, double p999, double max) {

  /** Returns of each measure the largest of some outputs. */
  static Difference largest(List<Difference> differences) {
    return new Difference(
        largest(differences, Difference::mean),
        largest(differences, Difference::p50),
        largest(differences, Difference::p90),
        largest(differences, Difference::p99),
        largest(differences, Difference::p999),
        largest(differences, Difference::max));
  }

  private static double largest(
      List<Difference> differences, ToDoubleFunction<Difference> measure) {
    double largest = 0;
    for (Difference difference : differences) {
      double value = measure.applyAsDouble(difference);
      if (Double.isNaN(value)) {
        return value;
      }

      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }

    return largest;
  }

  void write(JsonGenerator json) throws IOException {
    JsonText.member(json, "mean", mean);
    JsonText.member(json, "p50", p50);
    JsonText.member(json, "p90", p90);
    JsonText.member(json, "p99", p99);
    JsonText.member(json, "p999", p999);
    JsonText.member(json, "max", max);
  }
}
