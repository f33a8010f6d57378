package io.paritree.forest;

import java.util.List;

/**
 * The loops that test the categories of one feature for 256 or 512 rows: what {@link CategoryTests}
 * does for 64 rows.
 */
record WideCategories(int feature, CategorySets sets) {
  /*
   * The bits of the sets, 64 to a word, are written to where the masks will be: a vector has the
   * words of four or eight rows, and 64 vectors are a square of bits per lane. Transposed in place, they are
   * the masks of 64 sets.
   */
  private static final int LONGS = WideMemory.LONGS;

  /** Sets of a word, and words of each lane of a square. */
  private static final int BITS = 64;

  /** Squares that stay in the fastest cache until they are transposed. */
  private static final int SQUARES_AT_ONCE = 8;

  /** Returns the longs that the masks of one side take. */
  int longs() {
    return Math.multiplyExact(sets.words(), BITS * LONGS);
  }

  /**
   * Adds the loops that write the masks.
   *
   * @param leftAt where the masks of splits with default left begin; -1 if there are none
   * @param rightAt the same for default right
   * @param missingAt where a vector begins for the missing rows
   */
  void addMasks(List<WideLoop> loops, int leftAt, int rightAt, int missingAt) {
    int at = leftAt < 0 ? rightAt : leftAt;
    loops.add(new Fill(feature, sets, at, missingAt));
    for (int word = 0; word < sets.words(); word += SQUARES_AT_ONCE) {
      int vectors = BITS * Math.min(SQUARES_AT_ONCE, sets.words() - word);
      long mask = 0x00000000ffffffffL;
      for (int distance = BITS / 2; distance > 0; distance /= 2) {
        int from = at + word * BITS * LONGS;
        loops.add(new MaskLoops.Swap(from, vectors, distance, mask));
        mask ^= mask << distance / 2;
      }
    }

    if (rightAt >= 0) {
      loops.add(new MaskLoops.AddMissing(at, rightAt, longs() / LONGS, missingAt));
    }
  }

  /** Writes the words of the rows' sets, and which rows are missing. */
  private static final class Fill extends WideLoop {
    private final int feature;
    private final CategorySets sets;
    private final int at;
    private final int missingAt;

    private Fill(int feature, CategorySets sets, int at, int missingAt) {
      this.feature = feature;
      this.sets = sets;
      this.at = at;
      this.missingAt = missingAt;
    }

    @Override
    void run(WideMemory memory) {
      int words = sets.words();
      int[] places = memory.cells;
      findPlaces(memory, places, words);
      long[] bits = sets.bits();
      long[] masks = memory.words;
      int start = memory.start + at;
      for (int bit = 0; bit < BITS; bit++) {
        for (int part = 0; part < LONGS; part += 4) {
          int place = part * BITS + bit;
          int first = places[place];
          int second = places[place + BITS];
          int third = places[place + 2 * BITS];
          int fourth = places[place + 3 * BITS];
          int to = start + bit * LONGS + part;
          for (int word = 0; word < words; word++) {
            masks[to] = bits[first + word];
            masks[to + 1] = bits[second + word];
            masks[to + 2] = bits[third + word];
            masks[to + 3] = bits[fourth + word];
            to += BITS * LONGS;
          }
        }
      }
    }

    /** Finds where the words of each row begin. */
    private void findPlaces(WideMemory memory, int[] places, int words) {
      int from = memory.from + feature * memory.featureStride;
      for (int part = 0; part < LONGS; part++) {
        long missing = 0;
        for (int bit = 0; bit < BITS; bit++) {
          int place = part * BITS + bit;
          float slot = memory.slots[from + WideSlices.row(place)];
          boolean isMissing = slot != slot;
          missing |= (isMissing ? 1L : 0L) << bit;
          places[place] = (isMissing ? CategorySets.NONE : sets.row(slot)) * words;
        }

        memory.words[memory.start + missingAt + part] = missing;
      }
    }
  }
}
