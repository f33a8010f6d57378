package io.paritree.forest;

/**
 * A block of at most 64 rows, as positions in the caller's array of slots.
 *
 * @param slots slot f of row r is {@code slots[from + r * rowStride + f * featureStride]}
 * @param rows number of rows, 1 to 64
 */
record Block(float[] slots, int from, int rowStride, int featureStride, int rows) {
  /** The largest number of rows of a block: the number of bits of a long. */
  static final int MAX_ROWS = 64;
}
