package io.paritree.spark.insight.outcomes;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds up how many scores each group and bin of scores has. Where there are more bins than fit into
 * the heap, wider ones are counted.
 */
final class ScoreTally {
  /** So many fit into the heap. */
  private static final int MOST_BINS = 1_000_000;

  private final int mostGroups;
  private final int mostBins;
  private final Map<Long, RowGroup> numbers = new HashMap<>();
  private final Map<Long, Long> scores = new HashMap<>();
  private final StoredLabels.Highest highest = new StoredLabels.Highest();
  private Map<Place, Long> bins = new HashMap<>();
  private int bits = ScoreBins.BITS;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private long absent;

  /** The number of a group, and a bin of {@link #bits}. */
  private record Place(long number, int bin) {}

  ScoreTally(int mostGroups) {
    this(mostGroups, MOST_BINS);
  }

  ScoreTally(int mostGroups, int mostBins) {
    this.mostGroups = mostGroups;
    this.mostBins = mostBins;
  }

  /** Adds rows without a score. */
  void addAbsent(long rows) {
    absent += rows;
  }

  /**
   * Adds the scores of a bin of {@link ScoreBins#BITS} bits.
   *
   * @param group the one whose number the bin has
   * @param lowest of the scores
   * @param largest of the scores
   */
  void add(RowGroup group, ScoreCounts.Bin bin, double lowest, double largest) {
    RowGroup before = numbers.putIfAbsent(bin.number(), group);
    if (before != null && !before.equals(group)) {
      throw new IllegalStateException(
          "Cannot distinguish rows of %s from rows of %s: both have the number %s"
              .formatted(before, group, bin.number()));
    }

    scores.merge(bin.number(), bin.rows(), Long::sum);
    least = Math.min(least, lowest);
    most = Math.max(most, largest);
    if (group.label() != null) {
      highest.add(group.version(), group.label(), largest);
    }

    count(bins, bin.number(), bin.bin(), bin.rows());
    while (bins.size() > mostBins && hasAllGroups()) {
      bits -= 2;
      Map<Place, Long> wider = new HashMap<>();
      bins.forEach((place, rows) -> count(wider, place.number, place.bin, rows));
      bins = wider;
    }
  }

  private void count(Map<Place, Long> counts, long number, int bin, long rows) {
    counts.merge(new Place(number, ScoreBins.wider(bin, bits)), rows, Long::sum);
  }

  /** Returns whether there are not too many groups to go on. */
  boolean hasAllGroups() {
    return numbers.size() <= mostGroups;
  }

  ScoreCounts counts() {
    Map<RowGroup, Long> groups = new TreeMap<>();
    numbers.forEach((number, group) -> groups.merge(group, scores.get(number), Long::sum));
    List<ScoreCounts.Bin> ordered =
        bins.entrySet().stream()
            .map(own -> new ScoreCounts.Bin(own.getKey().number, own.getKey().bin, own.getValue()))
            .sorted(Comparator.comparingInt(ScoreCounts.Bin::bin))
            .toList();
    return new ScoreCounts(
        groups, ordered, bits, numbers, highest.labels(), least, most, absent, hasAllGroups());
  }
}
