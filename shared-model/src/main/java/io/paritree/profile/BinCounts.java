package io.paritree.profile;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How many values are in each bin.
 *
 * @param counts one for each of the bins; the last is of missing values
 */
public record BinCounts(Bins bins, List<Long> counts) {
  static final String COUNTS = "counts";

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

  /** Writes the bins and their counts as members. */
  public void write(JsonGenerator json) throws IOException {
    bins.write(json);
    json.writeArrayFieldStart(COUNTS);
    for (long count : counts) {
      json.writeNumber(count);
    }

    json.writeEndArray();
  }
}
