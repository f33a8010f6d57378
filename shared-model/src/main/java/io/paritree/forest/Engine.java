package io.paritree.forest;

/**
 * From rows of slots to margins, scores and leaves.
 *
 * <p>A row is {@link #width} slots; NaN is a missing value. The margins of a row are the raw sums
 * of the trees, one per output; the scores are what the objective makes of them, XGBoost's own
 * predict. Every implementation gives the same bits for the same row, alone or in a block of any
 * size.
 *
 * <p>Implementations are thread-safe and keep no array of the caller's. An engine may keep working
 * memory per thread between calls. Array bounds are the caller's duty: too short an array ends in
 * an {@link IndexOutOfBoundsException}.
 */
public interface Engine {

  /** Returns the number of slots of a row. */
  int width();

  /** Returns the number of trees that are evaluated, in order; the leaves of a row are as many. */
  int trees();

  /** Returns the number of margins of a row. */
  int outputs();

  /** Returns the number of scores of a row: {@link #outputs}, or 1 where the score is a class. */
  int scores();

  /**
   * Scores a block of rows that stand one after the other.
   *
   * @param slots row r is {@code slots[r * width .. (r + 1) * width)}
   * @param rows number of rows, 0 or more
   * @param margins receives {@code rows * outputs} margins, row after row; null if not wanted
   * @param scores receives {@code rows * scores} scores, row after row; null if not wanted
   */
  void score(float[] slots, int rows, float[] margins, float[] scores);

  /**
   * Scores a block of rows that lies feature by feature, as columnar input brings it.
   *
   * @param slots slot f of row r is {@code slots[f * stride + r]}
   * @param stride distance between two features, at least {@code rows}
   * @param rows number of rows, 0 or more
   * @param margins as in {@link #score}
   * @param scores as in {@link #score}
   */
  default void scoreColumns(float[] slots, int stride, int rows, float[] margins, float[] scores) {
    int width = width();
    float[] byRow = new float[rows * width];
    for (int feature = 0; feature < width; feature++) {
      for (int row = 0; row < rows; row++) {
        byRow[row * width + feature] = slots[feature * stride + row];
      }
    }

    score(byRow, rows, margins, scores);
  }

  /**
   * Finds the leaf of each tree, as XGBoost's node id.
   *
   * @param slots as in {@link #score}
   * @param leaves receives {@code rows * trees} node ids, row after row
   */
  void leaves(float[] slots, int rows, int[] leaves);
}
