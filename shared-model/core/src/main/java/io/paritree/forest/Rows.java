package io.paritree.forest;

/** Adds all trees to the margins of one row; safe for any number of threads. */
interface Rows {

  /**
   * Adds the trees.
   *
   * @param slots slot f of the row is {@code slots[from + f * stride]}
   * @param margins the row's margins begin at {@code to}
   */
  void add(float[] slots, int from, int stride, Scratch scratch, float[] margins, int to);
}
