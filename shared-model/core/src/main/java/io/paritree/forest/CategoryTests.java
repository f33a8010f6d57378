package io.paritree.forest;

/**
 * The sets of categories of one feature, tested for all rows of a block at the same time. Each set
 * has a mask; bit r of it says whether row r goes right.
 *
 * <p>For 64 sets at a time, one word per row is fetched, with one bit per set; the square of 64 by
 * 64 bits is then transposed. Immutable and thread-safe.
 *
 * @param count number of sets
 * @param leftFirst the first test of splits with default left; -1 if there is none
 * @param rightFirst the first test of splits with default right; -1 if there is none
 */
record CategoryTests(int feature, CategorySets sets, int count, int leftFirst, int rightFirst) {
  /** Returns the first test of the splits with a default direction. */
  int first(boolean missingGoesLeft) {
    return missingGoesLeft ? leftFirst : rightFirst;
  }

  /**
   * Writes the masks of a block.
   *
   * @param square working memory of 128 longs
   * @param masks receives the masks
   */
  void write(Block block, long[] square, long[] masks) {
    long missing = 0;
    int words = sets.words();
    int rowsAt = Block.MAX_ROWS;
    for (int row = 0; row < block.rows(); row++) {
      float slot =
          block.slots()[block.from() + row * block.rowStride() + feature * block.featureStride()];
      boolean isMissing = slot != slot;
      missing |= (isMissing ? 1L : 0L) << row;
      square[rowsAt + row] = (isMissing ? CategorySets.NONE : sets.row(slot)) * (long) words;
    }

    long[] bits = sets.bits();
    for (int word = 0; word < words; word++) {
      for (int row = 0; row < block.rows(); row++) {
        square[row] = bits[(int) square[rowsAt + row] + word];
      }

      for (int row = block.rows(); row < Block.MAX_ROWS; row++) {
        square[row] = 0;
      }

      transpose(square);
      int first = word * Block.MAX_ROWS;
      int end = Math.min(count - first, Block.MAX_ROWS);
      for (int set = 0; set < end; set++) {
        if (leftFirst >= 0) {
          masks[leftFirst + first + set] = square[set];
        }

        if (rightFirst >= 0) {
          masks[rightFirst + first + set] = square[set] | missing;
        }
      }
    }
  }

  int size() {
    return count;
  }

  /**
   * Swaps bit c of word r with bit r of word c, for all 64 by 64 bits: first halves, then quarters,
   * and so on.
   */
  static void transpose(long[] square) {
    long mask = 0x00000000ffffffffL;
    for (int size = 32; size > 0; size >>= 1) {
      for (int row = 0; row < Block.MAX_ROWS; row = row + size + 1 & -size - 1) {
        long swapped = (square[row] >>> size ^ square[row + size]) & mask;
        square[row + size] ^= swapped;
        square[row] ^= swapped << size;
      }

      mask ^= mask << (size >> 1);
    }
  }
}
