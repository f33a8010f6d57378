package io.paritree.outcome;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Ten groups of about the same weight, in the order of the scores: rows with one score are in one
 * group, so there may be fewer.
 */
final class ScoreGroups {
  private static final int GROUPS = 10;

  private final double weight;
  private final boolean isShare;
  private final List<Sums> groups = new ArrayList<>();
  private double below;

  private static final class Sums {
    private final int index;
    private final PreciseSum scores = new PreciseSum();
    private final PreciseSum outcomes = new PreciseSum();
    private long rows;
    private double weight;
    private double squares;

    Sums(int index) {
      this.index = index;
    }

    ScoreGroup group(boolean isShare) {
      double outcome = outcomes.value() / weight;
      return new ScoreGroup(
          rows,
          weight,
          scores.value() / weight,
          outcome,
          isShare
              ? Optional.of(Interval.ofShare(outcome, OutcomeTotals.effective(weight, squares)))
              : Optional.empty());
    }
  }

  /**
   * @param weight of all rows that will be added
   * @param isShare whether the mean outcome of a group is a share
   */
  ScoreGroups(double weight, boolean isShare) {
    this.weight = weight;
    this.isShare = isShare;
  }

  /**
   * Adds all rows with one score.
   *
   * @param squares the sum of their squared weights
   * @param outcomes their sum, by weight
   */
  void add(double score, long rows, double own, double squares, double outcomes) {
    int index = Math.min(GROUPS - 1, (int) (GROUPS * (below + own / 2) / weight));
    if (groups.isEmpty() || groups.get(groups.size() - 1).index != index) {
      groups.add(new Sums(index));
    }

    Sums group = groups.get(groups.size() - 1);
    group.rows += rows;
    group.weight += own;
    group.squares += squares;
    group.scores.add(own * score);
    group.outcomes.add(outcomes);
    below += own;
  }

  List<ScoreGroup> groups() {
    return groups.stream().map(group -> group.group(isShare)).toList();
  }

  /** Returns a mean over groups by weight. */
  static double mean(List<ScoreGroup> groups, ToDoubleFunction<ScoreGroup> of) {
    double sum = 0;
    double weight = 0;
    for (ScoreGroup group : groups) {
      sum += group.weight() * of.applyAsDouble(group);
      weight += group.weight();
    }

    return sum / weight;
  }
}
