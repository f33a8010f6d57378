package io.paritree.spark.outcomes;

import io.paritree.spark.ending.RefusedException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many scores there are, with labels or without, by what rows have in common and by the bins of
 * the scores ({@link #bin}). Not thread-safe.
 */
final class ScoreCounts {
  private static final int BITS = 16;
  private static final int MOST_SEGMENTS = 1_000;

  private final Map<RowGroup, Map<Integer, Long>> groups = new TreeMap<>();
  private final StoredLabels.Highest highest = new StoredLabels.Highest();
  private boolean isFinite = true;

  /**
   * The bin of a score: the upper half of its bits as a float, in the order of the scores. Scores
   * of one bin differ by less than a hundredth.
   */
  static int bin(double score) {
    int bits = Float.floatToIntBits((float) score + 0.0f); // there is one zero
    return (bits ^ bits >> 31 & Integer.MAX_VALUE) >> BITS;
  }

  /** Returns the score in the middle of a bin, which is in the same bin. */
  static double middle(int bin) {
    int bits = bin << BITS | 1 << BITS - 1;
    return Float.intBitsToFloat(bits ^ bits >> 31 & Integer.MAX_VALUE);
  }

  /** Returns the scores of each bin, of the rows of a group. */
  Map<Integer, Long> of(RowGroup group) {
    return groups.computeIfAbsent(group, any -> new TreeMap<>());
  }

  /** Adds a row of a block, whose group has these scores. */
  void add(Map<Integer, Long> bins, JoinedBlock block, int row) {
    bins.merge(bin(block.least()[row]), block.rows()[row], Long::sum);
    isFinite &= Double.isFinite(block.least()[row]) && Double.isFinite(block.most()[row]);
    String label = block.label(row);
    if (label != null) {
      highest.add(block.group(row).version(), label, block.most()[row]);
    }
  }

  /**
   * Checks the scores, when all were counted.
   *
   * @throws RefusedException if they cannot be measured
   */
  void check(OutcomeQuery query, OutcomeText outcomes) throws RefusedException {
    String name = query.scores().name();
    if (groups.isEmpty()) {
      throw new RefusedException("Cannot measure %s: it has no score".formatted(name));
    } else if (!isFinite) {
      throw new RefusedException(
          "Cannot measure %s: it has scores that are no finite numbers".formatted(name));
    } else if (outcomes.areProbabilities() && !areProbabilities()) {
      throw new RefusedException(
          "Cannot measure %s: its scores are no probabilities, 0 to 1, as those of a model of two classes are; of several classes, give the scores of one by --score and --positive"
              .formatted(name));
    }

    for (int index = 0; index < query.by().size(); index++) {
      Set<String> values = new HashSet<>();
      for (RowGroup group : groups.keySet()) {
        values.add(group.segments().get(index));
      }

      if (values.size() > MOST_SEGMENTS) {
        throw new RefusedException(
            "Cannot measure %s by '%s': it has %s values, and at most %s can be measured each; give a column with fewer"
                .formatted(name, query.by().get(index), values.size(), MOST_SEGMENTS));
      }
    }
  }

  private boolean areProbabilities() {
    return groups.values().stream()
        .flatMap(bins -> bins.keySet().stream())
        .allMatch(bin -> bin >= 0 && bin <= bin(1));
  }

  /** Returns the scores of each bin, by what rows have in common. */
  Map<RowGroup, Map<Integer, Long>> groups() {
    return Collections.unmodifiableMap(groups);
  }

  /** Returns what the labels mean that were stored with the scores. */
  StoredLabels labels() {
    return highest.labels();
  }
}
