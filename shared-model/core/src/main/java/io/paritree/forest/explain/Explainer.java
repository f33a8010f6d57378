package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import java.util.stream.IntStream;

/**
 * Computes contributions from rows of slots.
 *
 * <p>A row has {@code modelWidth + 1} contributions per output, in margin units: one per slot of
 * the model, in its order, then the base, which contains the row's offset if rows have offsets.
 * Their sum is the margin, up to rounding. The contributions of a row depend on nothing but the
 * row: they have the same bits alone and in a block of any size.
 *
 * <p>Implementations are thread-safe and do not keep the caller's arrays; they may keep working
 * memory per thread between calls. An array that is too short causes an {@link
 * IndexOutOfBoundsException}.
 */
public interface Explainer {

  /** Returns the number of slots of a row. */
  int width();

  /** Returns the number of slots that the model reads; the slots of offsets follow. */
  int modelWidth();

  /** Returns the number of margins of a row. */
  int outputs();

  /** Returns the number of contributions of a row: {@code outputs * (modelWidth + 1)}. */
  default int contributions() {
    return Math.multiplyExact(outputs(), modelWidth() + 1);
  }

  /**
   * Explains a block of rows that are stored one after the other.
   *
   * @param slots row r is {@code slots[r * width .. (r + 1) * width)}; NaN is a missing value
   * @param rows number of rows, 0 or more
   * @param contributions receives {@code rows * contributions()} values, row after row, and within
   *     a row output after output
   */
  void explain(float[] slots, int rows, float[] contributions);

  /**
   * Explains a block of rows that is stored feature by feature, as in columnar input.
   *
   * @param slots slot f of row r is {@code slots[f * stride + r]}
   * @param stride distance between two features, at least {@code rows}
   * @param rows as in {@link #explain}
   * @param contributions as in {@link #explain}
   */
  default void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    int width = width();
    float[] byRow = new float[rows * width];
    for (int feature = 0; feature < width; feature++) {
      for (int row = 0; row < rows; row++) {
        byRow[row * width + feature] = slots[feature * stride + row];
      }
    }

    explain(byRow, rows, contributions);
  }

  /** Returns roughly the bytes that are needed while an explainer of a forest is made. */
  static long bytesToMake(Forest forest) {
    long bytesPerLeaf = 300; // measured with trees of 6 to 15 levels, in both modes
    return IntStream.range(0, forest.trees())
        .mapToObj(forest::tree)
        .mapToLong(tree -> bytesPerLeaf * tree.outputs() * tree.leaves())
        .sum();
  }

  /**
   * Prepares a forest for contributions with the bits of {@link ContributionMode#EXACT} in the
   * plainest way, row by row and tree by tree: slow, to compare the others with.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  static Explainer specification(Forest forest) {
    return forest.isLinear()
        ? new LinearExplainer(forest)
        : new UnusualExplainer(forest, Edges.of(forest));
  }

  /**
   * Prepares a forest.
   *
   * @throws IllegalArgumentException naming the tree, if a cover that is needed is missing or not a
   *     finite number of 0 or more
   */
  static Explainer of(Forest forest, ContributionMode mode) {
    return switch (mode) {
      case FAST -> FastExplainer.of(forest);
      case EXACT -> ExactExplainer.of(forest);
    };
  }
}
