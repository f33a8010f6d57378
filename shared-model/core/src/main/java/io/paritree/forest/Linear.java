package io.paritree.forest;

/**
 * The weights of XGBoost's linear booster.
 *
 * @param weights {@code weights[feature * outputs + output]}, then one bias per output; margin
 *     units per slot unit
 * @param outputs number of outputs
 */
record Linear(float[] weights, int outputs) {

  /**
   * Adds the bias, then the terms of the slots that are not missing, in the order of the features,
   * to {@code margins[to ..]}.
   */
  void addTo(float[] slots, int at, int width, float[] margins, int to) {
    for (int output = 0; output < outputs; output++) {
      float margin = weights[width * outputs + output] + margins[to + output];
      for (int feature = 0; feature < width; feature++) {
        float slot = slots[at + feature];
        if (!Float.isNaN(slot)) {
          margin += slot * weights[feature * outputs + output];
        }
      }

      margins[to + output] = margin;
    }
  }
}
