package io.paritree.serving.insight.traffic;

import io.paritree.model.ProfiledRows;
import io.paritree.profile.ProfileCounts;
import java.util.Arrays;

/**
 * Rows of a slice that wait to be explained until somebody asks for its profile or it ends, so that
 * no time is spent on rows that further ones leave no place for. Not thread-safe.
 */
final class WaitingRows {
  private final int width;
  private final int most;
  private final boolean holdsAll; // the rows that are explained of a slice
  private long[] hashes = new long[0];
  private float[] slots = new float[0]; // row after row
  private int rows;

  /**
   * @param explained how many rows of a slice are explained at most; 0 for none
   * @param values how many values of rows are held at most
   */
  WaitingRows(int width, long explained, int values) {
    this.width = width;
    this.most = (int) Math.min(explained, Math.max(1, values / width));
    this.holdsAll = most == explained;
  }

  /**
   * Adds a row, if it may be among the explained ones.
   *
   * @param of it starts at {@code at}
   */
  void add(long hash, float[] of, int at, ProfileCounts counts, ProfiledRows explainer) {
    while (rows == most && counts.explains(hash)) {
      if (holdsAll) {
        counts.explainFewer();
        keepExplained(counts);
      } else {
        explain(counts, explainer);
      }
    }

    if (!counts.explains(hash)) {
      return;
    }

    if (rows == hashes.length) {
      int larger = Math.min(most, Math.max(16, 2 * rows));
      hashes = Arrays.copyOf(hashes, larger);
      slots = Arrays.copyOf(slots, larger * width);
    }

    hashes[rows] = hash;
    System.arraycopy(of, at, slots, rows * width, width);
    rows++;
  }

  private void keepExplained(ProfileCounts counts) {
    int kept = 0;
    for (int row = 0; row < rows; row++) {
      if (counts.explains(hashes[row])) {
        hashes[kept] = hashes[row];
        System.arraycopy(slots, row * width, slots, kept * width, width);
        kept++;
      }
    }

    rows = kept;
  }

  /** Explains and counts all rows. */
  void explain(ProfileCounts counts, ProfiledRows explainer) {
    explainer.begin(counts, slots, 1);
    for (int row = 0; row < rows; row++) {
      explainer.explain(hashes[row], row * width);
    }

    explainer.explainHeld();
    rows = 0;
  }
}
