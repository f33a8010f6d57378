package io.paritree.forest;

/**
 * Computes margins, scores and leaves from rows of slots.
 *
 * <p>A row is {@link #width} slots; NaN is a missing value. If rows have offsets, these are the
 * last slots, one per output. The margins of a row are the raw sums of the trees, one per output;
 * the scores are what the objective computes from them, the same as XGBoost's own predict, and then
 * the model's {@link Calibration}, if it has one. Every implementation returns the same bits for
 * the same row, alone or in a block of any size.
 *
 * <p>Implementations are thread-safe and do not keep the caller's arrays. An engine may keep
 * working memory per thread between calls. The caller must pass arrays that are long enough: an
 * array that is too short causes an {@link IndexOutOfBoundsException}.
 */
public interface Engine {

  /** Returns the number of slots of a row. */
  int width();

  /** Returns the number of trees that are evaluated, in order; a row has this many leaves. */
  int trees();

  /** Returns the number of margins of a row. */
  int outputs();

  /** Returns the number of scores of a row: {@link #outputs}, or 1 where the score is a class. */
  int scores();

  /**
   * Scores a block of rows that are stored one after the other.
   *
   * @param slots row r is {@code slots[r * width .. (r + 1) * width)}
   * @param rows number of rows, 0 or more
   * @param margins receives {@code rows * outputs} margins, row after row; null if not requested
   * @param scores receives {@code rows * scores} scores, row after row; null if not requested
   */
  void score(float[] slots, int rows, float[] margins, float[] scores);

  /**
   * Scores a block of rows that is stored feature by feature, as in columnar input.
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
