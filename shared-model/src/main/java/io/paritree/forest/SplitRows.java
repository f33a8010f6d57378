package io.paritree.forest;

import java.util.Random;

/**
 * Rows that try a forest where it decides: their slots are on, or just below, a threshold of their
 * feature, or a category of its splits or the one after it; some are missing. Always the same ones
 * for the same forest.
 */
final class SplitRows {
  private static final int ONE_MISSING_OF = 8;

  private final Random random = new Random(1);
  private final float[][] thresholds;
  private final int[][] categories;

  private SplitRows(Forest forest) {
    SplitValues values = SplitValues.of(forest);
    this.thresholds = new float[forest.width][];
    this.categories = new int[forest.width][];
    for (int slot = 0; slot < forest.width; slot++) {
      thresholds[slot] = values.thresholds(slot);
      categories[slot] = values.categories(slot);
    }
  }

  /** Returns the slots of so many rows, row after row; the forest has no offsets. */
  static float[] of(Forest forest, int rows) {
    SplitRows values = new SplitRows(forest);
    float[] slots = new float[rows * forest.width];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = values.draw(at % forest.width);
    }

    return slots;
  }

  private float draw(int slot) {
    int numbers = thresholds[slot].length;
    int chosen = random.nextInt(Math.max(1, numbers + categories[slot].length));
    if (random.nextInt(ONE_MISSING_OF) == 0) {
      return Float.NaN;
    } else if (chosen < numbers) {
      float threshold = thresholds[slot][chosen];
      return random.nextBoolean() ? threshold : Math.nextDown(threshold);
    }

    return categories[slot].length == 0
        ? 0
        : categories[slot][chosen - numbers] + random.nextInt(2);
  }
}
