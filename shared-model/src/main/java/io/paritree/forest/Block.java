package io.paritree.forest;

/**
 * Where the rows of a block of at most 64 lie in the caller's array.
 *
 * @param slots slot f of row r is {@code slots[from + r * rowStride + f * featureStride]}
 * @param rows number of rows, 1 to 64
 */
record Block(float[] slots, int from, int rowStride, int featureStride, int rows) {
  /** Rows of a block: as many as a long has bits. */
  static final int MAX_ROWS = 64;
}
