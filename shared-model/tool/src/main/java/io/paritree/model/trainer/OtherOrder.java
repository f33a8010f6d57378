package io.paritree.model.trainer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out whether the predictions belong to the same rows in another order.
 *
 * <p>Keeps the scores and predictions of at most {@value #MAX_ROWS} rows; of a longer file it finds
 * nothing.
 */
final class OtherOrder {
  private static final int MAX_ROWS = 200_000;

  private final Map<Float, Integer> computed = new HashMap<>();
  private final List<Float> predicted = new ArrayList<>();
  private boolean isWhole = true;

  /** Adds a row that differs, of several scores the first. */
  void add(float score, float prediction) {
    isWhole &= predicted.size() < MAX_ROWS;
    if (isWhole) {
      computed.merge(score, 1, Integer::sum);
      predicted.add(prediction);
    }
  }

  /** Returns the finding and what to do; empty if there is none. */
  String text() {
    // Scores that many rows share say nothing about their order.
    int rows = predicted.size();
    boolean isTelling = isWhole && rows >= Trials.LEAST_DIFFERING && computed.size() * 2 > rows;
    Map<Float, Integer> left = new HashMap<>(computed);
    int found = 0;
    for (float value : predicted) {
      for (float near : new float[] {value, Math.nextUp(value), Math.nextDown(value)}) {
        if (left.getOrDefault(near, 0) > 0) {
          left.merge(near, -1, Integer::sum);
          found++;
          break;
        }
      }
    }

    return isTelling && found == rows
        ? "all %s differing predictions are the scores of other rows of the file: the predictions are in another order than the rows, so join them by the index (pandas: reset_index before both)"
            .formatted(rows)
        : "";
  }
}
