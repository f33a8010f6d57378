package io.paritree.forest.explain;

import io.paritree.forest.Forest;

/** XGBoost's linear booster: a slot contributes its product with the weight; exact in any mode. */
final class LinearExplainer extends ForestExplainer {
  LinearExplainer(Forest forest) {
    super(forest);
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    int to = 0;
    for (int row = 0; row < rows; row++) {
      for (int output = 0; output < outputs(); output++) {
        for (int feature = 0; feature < modelWidth(); feature++) {
          float slot = slots[row * width() + feature];
          contributions[to++] =
              Float.isNaN(slot) ? 0f : slot * forest.linearWeight(feature, output);
        }

        contributions[to++] =
            forest.linearWeight(modelWidth(), output)
                + forest.begin(slots, row * width(), 1, output);
      }
    }
  }
}
