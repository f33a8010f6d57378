package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which share of the champion's first rows is among the challenger's first, too.
 *
 * @param shares for the first 1, 5 and 10 % of the rows
 * @param error how far one of them can be from what values with all of their bits give
 */
public record TopOverlap(List<Double> shares, double error) {
  private static final List<Integer> PERCENT = List.of(1, 5, 10);
  private static final List<String> NAMES = List.of("0.01", "0.05", "0.1");

  public TopOverlap {
    shares = List.copyOf(shares);
  }

  /** Returns the overlap of so many rows, at least one. */
  static TopOverlap of(RankedPairs ranked, long rows) {
    List<RankedPairs.Measured> measured =
        PERCENT.stream().map(percent -> ranked.overlap(Math.max(1, rows * percent / 100))).toList();
    return new TopOverlap(
        measured.stream().map(RankedPairs.Measured::value).toList(),
        measured.stream().mapToDouble(RankedPairs.Measured::error).max().orElseThrow());
  }

  /** Returns the least overlap of each share, of some outputs. */
  static TopOverlap least(List<TopOverlap> all) {
    return new TopOverlap(
        IntStream.range(0, PERCENT.size())
            .mapToObj(share -> all.stream().mapToDouble(top -> top.shares.get(share)).min())
            .map(least -> least.orElseThrow())
            .toList(),
        all.stream().mapToDouble(TopOverlap::error).max().orElseThrow());
  }

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    for (int share = 0; share < NAMES.size(); share++) {
      json.writeNumberField(NAMES.get(share), shares.get(share));
    }

    if (error > 0) {
      json.writeNumberField("error", error);
    }
  }
}
