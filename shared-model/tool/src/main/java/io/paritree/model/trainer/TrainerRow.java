package io.paritree.model.trainer;

import io.paritree.feature.NumberText;
import java.util.Locale;

/**
 * A row with the trainer's predictions for it. The caller must not change the arrays.
 *
 * @param place its file and line
 * @param cells its cells, one per field of the schema
 * @param slots its slots; NaN where a cell has a fault
 * @param predictions the cells with the predictions
 * @param others the cells of columns that no feature reads, in the order of {@link
 *     SampledRows#others}
 */
record TrainerRow(
    String place, String[] cells, float[] slots, String[] predictions, String[] others) {

  /**
   * Returns a prediction as a number; NaN if it is none. Infinity is spelled {@code inf} or {@code
   * Infinity}, as pandas, R and Java write it, in any case.
   */
  double predicted(int index) {
    return switch (predictions[index].toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> NumberText.parse(predictions[index]);
    };
  }

  /** Returns whether a prediction is a number, or says that it is NaN. */
  boolean isNumber(int index) {
    return predictions[index].equalsIgnoreCase("nan") || !Double.isNaN(predicted(index));
  }
}
