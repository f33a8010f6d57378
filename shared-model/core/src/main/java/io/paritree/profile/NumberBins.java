package io.paritree.profile;

import java.util.Arrays;

/**
 * Bins between edges: bin i holds the values {@code edge(i - 1) <= value < edge(i)}, as a split of
 * a tree does. There is one more than there are edges, and one for missing values.
 */
public final class NumberBins implements Bins {
  static final String EDGES = "edges";

  private final float[] edges;

  /**
   * @param edges ascending and distinct; none is NaN
   * @throws IllegalArgumentException if they are not
   */
  public NumberBins(float... edges) {
    if (edges.length + 2 > MOST) {
      throw new IllegalArgumentException(
          "Cannot use %s edges of bins: there can be %s bins, the one of missing values included"
              .formatted(edges.length, MOST));
    }

    this.edges = new float[edges.length];
    for (int at = 0; at < edges.length; at++) {
      this.edges[at] = edges[at] + 0f; // -0.0 divides the values as 0.0 does
      boolean ascends = at == 0 ? !Float.isNaN(edges[0]) : edges[at - 1] < edges[at];
      if (!ascends) {
        throw new IllegalArgumentException(
            "Cannot use the edges %s of bins: they must ascend".formatted(Arrays.toString(edges)));
      }
    }
  }

  /**
   * Returns bins for slots: about ten, as {@link BinEdges} says.
   *
   * @param slots of rows, in any order; NaN is a missing value
   * @param thresholds at which a model can react, ascending
   */
  public static NumberBins of(float[] slots, float[] thresholds) {
    return BinEdges.of(slots).bins(thresholds);
  }

  /** Returns a copy of the edges, ascending. */
  public float[] edges() {
    return edges.clone();
  }

  @Override
  public int size() {
    return edges.length + 2;
  }

  @Override
  public int of(float value) {
    if (Float.isNaN(value)) {
      return edges.length + 1;
    }

    int bin = 0;
    for (float edge : edges) { // so few that a loop without branches is the fastest search
      bin += value >= edge ? 1 : 0;
    }

    return bin;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumberBins bins && Arrays.equals(edges, bins.edges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  @Override
  public String toString() {
    return "bins between " + Arrays.toString(edges);
  }
}
