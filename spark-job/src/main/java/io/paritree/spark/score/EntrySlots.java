package io.paritree.spark.score;

import io.paritree.spark.task.DictionaryIds;
import java.util.Arrays;

/**
 * The slots that one feature makes of the entries of a column's dictionary, filled as rows need
 * them.
 *
 * <p>Only ordinary slots are kept. A value that is missing, has a fault or is not in the vocabulary
 * is encoded in each row that holds it, so that it is counted and reported. Not thread-safe.
 */
final class EntrySlots {
  private Object dictionary;

  /** One per id, so that an id of a damaged file that no entry has is out of bounds. */
  private float[] slots = {};

  /**
   * Looks up the slots of a block.
   *
   * @param to receives the slots, from {@code at} on; NaN where they are not known
   * @param open receives the rows whose slots are not known, in their order
   * @return the number of these rows
   */
  int lookUp(DictionaryIds ids, int rows, float[] to, int at, int[] open) {
    if (ids.dictionary() != dictionary) {
      slots = new float[ids.entries() + 1];
      Arrays.fill(slots, Float.NaN);
      dictionary = ids.dictionary();
    }

    float[] from = slots;
    int[] entries = ids.ofRows();
    int count = 0;
    for (int row = 0; row < rows; row++) {
      float slot = from[entries[row]];
      to[at + row] = slot;
      open[count] = row;
      count += slot != slot ? 1 : 0;
    }

    return count;
  }

  /** Returns the slot of an entry; NaN if it is not known. */
  float of(int id) {
    return slots[id];
  }

  void keep(int id, float slot) {
    slots[id] = slot;
  }
}
