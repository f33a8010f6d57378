package io.paritree.forest;

/**
 * A block of at most 64 rows, or 256 or 512 for {@link WideSlices}, as positions in the caller's
 * array of slots.
 *
 * @param slots slot f of row r is {@code slots[from + r * rowStride + f * featureStride]}
 * @param rows number of rows, at least 1
 */
record Block(float[] slots, int from, int rowStride, int featureStride, int rows) {
  /** The largest number of rows of a block for {@link Slices}: the number of bits of a long. */
  static final int MAX_ROWS = 64;

  /** Returns some of the rows. */
  Block part(int row, int count) {
    return new Block(slots, from + row * rowStride, rowStride, featureStride, count);
  }
}
