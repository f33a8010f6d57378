package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many values are in each bin.
 *
 * @param counts one for each of the bins; the last is of missing values
 */
public record BinCounts(Bins bins, List<Long> counts) {
  public BinCounts {
    counts = List.copyOf(counts);
    if (counts.size() != bins.size()) {
      throw new IllegalArgumentException(
          "Cannot use %s counts: expected %s, one for each bin"
              .formatted(counts.size(), bins.size()));
    }
  }

  /** Returns the number of all values. */
  public long total() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns the weighted sums of both counts, rounded so that their total is right to one.
   *
   * @param weight of each value here
   * @param other counts of equal bins, of which each value has {@code otherWeight}
   */
  BinCounts plus(double weight, BinCounts other, double otherWeight) {
    List<Long> sums = new ArrayList<>();
    double exact = 0;
    long rounded = 0;
    for (int bin = 0; bin < counts.size(); bin++) {
      exact += weight * counts.get(bin) + otherWeight * other.counts.get(bin);
      long next = Math.max(0, Math.round(exact) - rounded);
      sums.add(next);
      rounded += next;
    }

    return new BinCounts(bins, sums);
  }

  @JsonValue
  Form form() {
    return Form.of(Optional.of(this));
  }

  /** The members of a document; each feature and each output has some of them. */
  record Form(
      Optional<List<Float>> edges,
      Optional<List<Integer>> codes,
      Optional<List<String>> values,
      Optional<List<Long>> counts) {
    static Form of(Optional<BinCounts> bins) {
      Optional<CategoryBins> categories = bins.map(BinCounts::bins).flatMap(Form::categories);
      return new Form(
          bins.map(BinCounts::bins)
              .filter(NumberBins.class::isInstance)
              .map(numbers -> list(((NumberBins) numbers).edges())),
          categories.map(CategoryBins::codes),
          categories.map(CategoryBins::values),
          bins.map(BinCounts::counts));
    }

    private static List<Float> list(float[] edges) {
      List<Float> list = new ArrayList<>();
      for (float edge : edges) {
        list.add(edge);
      }

      return list;
    }

    private static NumberBins numbers(List<Float> list) {
      float[] edges = new float[list.size()];
      for (int at = 0; at < edges.length; at++) {
        edges[at] = list.get(at);
      }

      return new NumberBins(edges);
    }

    private static Optional<CategoryBins> categories(Bins bins) {
      return bins instanceof CategoryBins categories ? Optional.of(categories) : Optional.empty();
    }

    /**
     * Returns the bins; empty if the document has none.
     *
     * @throws IllegalArgumentException if it has some of their members only
     */
    Optional<BinCounts> bins() {
      boolean isWhole =
          counts.isPresent() == (edges.isPresent() || codes.isPresent())
              && values.isPresent() == codes.isPresent()
              && (edges.isEmpty() || codes.isEmpty());
      if (!isWhole) {
        throw new IllegalArgumentException(
            "got some members of bins, expected edges and counts; or codes, values and counts; or none");
      }

      return edges
          .<Bins>map(Form::numbers)
          .or(() -> codes.map(one -> new CategoryBins(one, values.orElseThrow())))
          .map(one -> new BinCounts(one, counts.orElseThrow()));
    }
  }
}
