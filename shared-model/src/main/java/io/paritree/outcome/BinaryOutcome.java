package io.paritree.outcome;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measures scores of two outcomes in one pass over the rows in the order of their scores.
 *
 * <p>It needs memory for a few numbers, whatever the number of rows. Not thread-safe.
 */
public final class BinaryOutcome {
  private static final int GROUPS = 10;
  private static final double[] TOP = {0.01, 0.05, 0.10, 0.20};
  private static final double LEAST_PROBABILITY = 1e-7;

  private final BinaryTotals totals;
  private final float threshold;
  private final List<GroupSums> groups = new ArrayList<>();
  private final double[] topPositives = new double[TOP.length];
  private final PreciseSum ordered = new PreciseSum();
  private final PreciseSum precision = new PreciseSum();
  private final PreciseSum squares = new PreciseSum();
  private final PreciseSum losses = new PreciseSum();
  private final PreciseSum scores = new PreciseSum();
  private final PreciseSum variances = new PreciseSum();
  private final PreciseSum skewed = new PreciseSum();
  private final PreciseSum skewedVariances = new PreciseSum();
  private final PreciseSum expectedOrdered = new PreciseSum();
  private double ks;
  private double positivesBelow;
  private double negativesBelow;
  private double expectedNegativesBelow;
  private double truePositives;
  private double falsePositives;
  private float last = Float.NEGATIVE_INFINITY;

  /** The rows of a tenth. */
  private static final class GroupSums {
    private final int index;
    private final PreciseSum scores = new PreciseSum();
    private long rows;
    private double weight;
    private double positives;

    GroupSums(int index) {
      this.index = index;
    }

    ScoreGroup group() {
      double rate = positives / weight;
      return new ScoreGroup(
          rows, weight, scores.value() / weight, rate, Interval.ofShare(rate, rows));
    }
  }

  /**
   * @param totals of all rows that will be added
   * @param threshold a label is positive where its score is above it
   */
  public BinaryOutcome(BinaryTotals totals, float threshold) {
    this.totals = totals;
    this.threshold = threshold;
  }

  /**
   * Adds the rows with one score, which is above those of all rows before.
   *
   * @throws IllegalArgumentException if it is not, or is no probability
   */
  public void add(BinaryRows rows) {
    if (!(rows.score() > last && rows.score() >= 0 && rows.score() <= 1)) {
      throw new IllegalArgumentException(
          "Cannot measure the score %s after %s: ascending probabilities were expected"
              .formatted(rows.score(), last));
    }

    last = rows.score();
    double p = rows.score();
    addOrder(p, rows);
    addErrors(p, rows);
    addToGroup(p, rows);
    addToTop(rows);
    if (rows.score() > threshold) {
      truePositives += rows.positives();
      falsePositives += rows.negatives();
    }

    positivesBelow += rows.positives();
    negativesBelow += rows.negatives();
    ks =
        Math.max(
            ks,
            Math.abs(positivesBelow / totals.positives() - negativesBelow / totals.negatives()));
  }

  private void addOrder(double p, BinaryRows rows) {
    ordered.add(rows.positives() * (negativesBelow + rows.negatives() / 2));
    double positivesFrom = totals.positives() - positivesBelow;
    double negativesFrom = totals.negatives() - negativesBelow;
    precision.add(rows.positives() * positivesFrom / (positivesFrom + negativesFrom));
    double expectedNegatives = rows.weight() * (1 - p);
    expectedOrdered.add(rows.weight() * p * (expectedNegativesBelow + expectedNegatives / 2));
    expectedNegativesBelow += expectedNegatives;
  }

  private void addErrors(double p, BinaryRows rows) {
    squares.add(rows.positives() * (1 - p) * (1 - p) + rows.negatives() * p * p);
    double clipped = Math.min(Math.max(p, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
    losses.add(-rows.positives() * StrictMath.log(clipped));
    losses.add(-rows.negatives() * StrictMath.log(1 - clipped));
    scores.add(rows.weight() * p);
    double variance = p * (1 - p);
    variances.add(rows.weight() * variance);
    skewed.add((rows.positives() - rows.weight() * p) * (1 - 2 * p));
    skewedVariances.add(rows.weight() * (1 - 2 * p) * (1 - 2 * p) * variance);
  }

  private void addToGroup(double p, BinaryRows rows) {
    double middle = positivesBelow + negativesBelow + rows.weight() / 2;
    int index = Math.min(GROUPS - 1, (int) (GROUPS * middle / totals.weight()));
    if (groups.isEmpty() || groups.get(groups.size() - 1).index != index) {
      groups.add(new GroupSums(index));
    }

    GroupSums group = groups.get(groups.size() - 1);
    group.rows += rows.positiveRows() + rows.negativeRows();
    group.weight += rows.weight();
    group.positives += rows.positives();
    group.scores.add(rows.weight() * p);
  }

  private void addToTop(BinaryRows rows) {
    double above = positivesBelow + negativesBelow + rows.weight();
    for (int index = 0; index < TOP.length; index++) {
      double begin = totals.weight() * (1 - TOP[index]);
      double within = Math.min(rows.weight(), Math.max(0, above - begin));
      topPositives[index] += rows.positives() * within / rows.weight();
    }
  }

  /** Returns the measures; all rows must have been added. */
  public BinaryMeasures measures() {
    double weight = totals.weight();
    double rate = totals.rate();
    double auc = ordered.value() / (totals.positives() * totals.negatives());
    List<ScoreGroup> tenths = groups.stream().map(GroupSums::group).toList();
    double meanScore = scores.value() / weight;
    double expected = scores.value();
    return new BinaryMeasures(
        totals,
        auc,
        aucError(auc),
        ks,
        precision.value() / totals.positives(),
        squares.value() / weight,
        mean(tenths, group -> square(group.meanScore() - group.rate())),
        mean(tenths, group -> square(group.rate() - rate)),
        rate * (1 - rate),
        losses.value() / weight,
        meanScore,
        (totals.positives() - expected) / Math.sqrt(variances.value()),
        skewed.value() / Math.sqrt(skewedVariances.value()),
        mean(tenths, group -> Math.abs(group.meanScore() - group.rate())),
        tenths,
        top(rate),
        new Confusion(
            threshold,
            truePositives,
            falsePositives,
            totals.positives() - truePositives,
            totals.negatives() - falsePositives),
        new Expectation(
            expected,
            variances.value() / weight,
            expectedOrdered.value() / (expected * (weight - expected))));
  }

  private List<TopRows> top(double rate) {
    List<TopRows> top = new ArrayList<>();
    for (int index = 0; index < TOP.length; index++) {
      double topRate = topPositives[index] / (totals.weight() * TOP[index]);
      top.add(
          new TopRows(
              TOP[index], topPositives[index] / totals.positives(), topRate, topRate / rate));
    }

    return top;
  }

  private double aucError(double auc) {
    double twoAbove = auc / (2 - auc);
    double twoBelow = 2 * auc * auc / (1 + auc);
    double square = auc * auc;
    double variance =
        auc * (1 - auc)
            + (totals.positiveRows() - 1) * (twoAbove - square)
            + (totals.negativeRows() - 1) * (twoBelow - square);
    return Math.sqrt(variance / totals.positiveRows() / totals.negativeRows());
  }

  private static double square(double value) {
    return value * value;
  }

  private static double mean(List<ScoreGroup> groups, ToDoubleFunction<ScoreGroup> of) {
    double sum = 0;
    double weight = 0;
    for (ScoreGroup group : groups) {
      sum += group.weight() * of.applyAsDouble(group);
      weight += group.weight();
    }

    return sum / weight;
  }
}
