package io.paritree.model.trainer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out whether the predictions belong to the same rows in another order.
 *
 * <p>Keeps the scores and predictions of at most {@value #MAX_ROWS} rows; of a longer file it finds
 * nothing.
 */
final class OtherOrder {
  private static final int MAX_ROWS = 200_000;
  private static final int FIRST_CAPACITY = 1_024;
  private static final double MOST = 0.9;

  private float[] computed = new float[FIRST_CAPACITY];
  private float[] predicted = new float[FIRST_CAPACITY];
  private int rows;
  private boolean isWhole = true;

  /** Adds a row that differs, of several scores the first. */
  void add(float score, float prediction) {
    if (rows == MAX_ROWS) {
      isWhole = false;
      return;
    }

    if (rows == computed.length) {
      computed = Arrays.copyOf(computed, Math.min(2 * rows, MAX_ROWS));
      predicted = Arrays.copyOf(predicted, computed.length);
    }

    computed[rows] = score;
    predicted[rows] = prediction;
    rows++;
  }

  /** Returns the finding and what to do; empty if there is none. */
  String text() {
    Map<Float, Integer> left = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      left.merge(computed[row], 1, Integer::sum);
    }

    // Scores that many rows share say nothing about their order.
    boolean isTelling = isWhole && rows > 1 && left.size() * 2 > rows;
    int found = 0;
    for (int row = 0; row < rows; row++) {
      float value = predicted[row];
      for (float near : new float[] {value, Math.nextUp(value), Math.nextDown(value)}) {
        if (left.getOrDefault(near, 0) > 0) {
          left.merge(near, -1, Integer::sum);
          found++;
          break;
        }
      }
    }

    return isTelling && found >= MOST * rows
        ? "%s of %s differing predictions are the scores of other rows of the file: the predictions are in another order than the rows, so join them by the index (pandas: reset_index before both)"
            .formatted(found, rows)
        : "";
  }
}
