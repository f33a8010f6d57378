package io.paritree.model.seal;

import io.paritree.profile.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The slots of some rows of a file, from which bins are chosen.
 *
 * <p>These are all rows, or those whose hash of their number has the {@link Sampling#level} that
 * leaves at most {@value #MAX_ROWS} rows and {@value #MAX_SLOTS} slots. So a file always gives the
 * same, and an order in it that repeats itself does no harm. Not thread-safe.
 */
final class SlotSample {
  private static final int MAX_ROWS = 100_000;
  private static final int MAX_SLOTS = 1 << 24;

  private final int width;
  private final int most;
  private final List<Row> rows = new ArrayList<>();
  private int least;

  private record Row(int level, float[] slots) {}

  SlotSample(int width) {
    this.width = width;
    this.most = Math.max(1, Math.min(MAX_ROWS, MAX_SLOTS / Math.max(1, width)));
  }

  /**
   * Adds a row without faults.
   *
   * @param number of the row in its file, from 0
   * @param slots holds its slots from {@code at}; not kept
   */
  void add(long number, float[] slots, int at) {
    int level = Sampling.level(Sampling.hashOfRow(number));
    if (level < least) {
      return;
    }

    rows.add(new Row(level, Arrays.copyOfRange(slots, at, at + width)));
    while (rows.size() > most) {
      least++;
      rows.removeIf(row -> row.level < least);
    }
  }

  /** Returns one slot of all rows of the sample. */
  float[] slot(int slot) {
    float[] values = new float[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = rows.get(row).slots[slot];
    }

    return values;
  }
}
