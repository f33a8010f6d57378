package io.paritree.model.seal;

import io.paritree.profile.ProfileForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The slots of some rows of a file, from which bins are chosen: of all rows, or of at most {@value
 * #MAX_ROWS} rows with {@value #MAX_SLOTS} slots, drawn at random with a fixed seed. So a file
 * always gives the same, and an order in it that repeats itself does no harm. Not thread-safe.
 */
final class SlotSample {
  private static final int MAX_ROWS = 100_000;
  private static final int MAX_SLOTS = 1 << 24;
  private static final long SEED = 20_261_203L;

  private final int width;
  private final int most;
  private final List<float[]> rows = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SEED);
  private long seen;

  SlotSample(int width) {
    this.width = width;
    this.most = Math.max(1, Math.min(MAX_ROWS, MAX_SLOTS / Math.max(1, width)));
  }

  /**
   * Adds a row without faults.
   *
   * @param slots holds its slots from {@code at}; not kept
   */
  void add(float[] slots, int at) {
    seen++;
    long place = rows.size() < most ? rows.size() : random.nextLong(seen);
    if (place < most) {
      float[] row = Arrays.copyOfRange(slots, at, at + width);
      if (place == rows.size()) {
        rows.add(row);
      } else {
        rows.set((int) place, row);
      }
    }
  }

  /** Returns what all rows of the sample have. */
  float[] values(ProfileForm.Reading reading) {
    float[] values = new float[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = reading.of(rows.get(row), 0, 1);
    }

    return values;
  }

  /** Returns one slot of all rows of the sample. */
  float[] slot(int slot) {
    float[] values = new float[rows.size()];
    for (int row = 0; row < values.length; row++) {
      values[row] = rows.get(row)[slot];
    }

    return values;
  }
}
