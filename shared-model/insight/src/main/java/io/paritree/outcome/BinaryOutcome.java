package io.paritree.outcome;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures scores of two outcomes, which are the probability of the positive one, 0 to 1. Not
 * thread-safe.
 */
public final class BinaryOutcome implements OutcomeMeasuring {
  private static final double[] TOP = {0.01, 0.05, 0.10, 0.20};
  private static final double LEAST_PROBABILITY = 1e-7;

  private final OutcomeTotals totals;
  private final ScoreGroups groups;
  private final double[] topPositives = new double[TOP.length];
  private final PreciseSum ordered = new PreciseSum();
  private final PreciseSum precision = new PreciseSum();
  private final PreciseSum squares = new PreciseSum();
  private final PreciseSum losses = new PreciseSum();
  private final PreciseSum scores = new PreciseSum();
  private final PreciseSum variances = new PreciseSum(); // of outcomes, by weight
  private final PreciseSum sumVariances = new PreciseSum(); // of the sum of all weighed outcomes
  private final PreciseSum skewed = new PreciseSum();
  private final PreciseSum skewedVariances = new PreciseSum();
  private final PreciseSum expectedOrdered = new PreciseSum();
  private double ks;
  private double positivesBelow;
  private double negativesBelow;
  private double expectedNegativesBelow;
  private final ConfusionSums labels = new ConfusionSums();
  private Block block = new Block(Double.NEGATIVE_INFINITY);

  /** The rows with one score. */
  private static final class Block {
    private final double score;
    private long rows;
    private double positives;
    private double negatives;
    private double squares;

    Block(double score) {
      this.score = score;
    }

    double weight() {
      return positives + negatives;
    }
  }

  /**
   * @param totals of all rows that will be added
   */
  public BinaryOutcome(OutcomeTotals totals) {
    this.totals = totals;
    this.groups = new ScoreGroups(totals.weight(), true);
  }

  @Override
  public void add(OutcomeRow row) {
    if (row.score() != block.score) {
      if (!(row.score() > block.score && row.score() >= 0 && row.score() <= 1)) {
        throw new IllegalArgumentException(
            "Cannot measure the score %s after %s: ascending probabilities were expected"
                .formatted(row.score(), block.score));
      }

      close();
      block = new Block(row.score());
    }

    block.rows += row.rows();
    block.squares += row.squares();
    if (row.outcome() > 0) {
      block.positives += row.total();
    } else {
      block.negatives += row.total();
    }

    labels.add(row);
  }

  private void close() {
    if (block.rows == 0) {
      return;
    }

    addOrder(block);
    addErrors(block);
    groups.add(block.score, block.rows, block.weight(), block.squares, block.positives);
    addToTop(block);
    positivesBelow += block.positives;
    negativesBelow += block.negatives;
    ks =
        Math.max(
            ks,
            Math.abs(positivesBelow / totals.positives() - negativesBelow / totals.negatives()));
    block.rows = 0;
  }

  private void addOrder(Block rows) {
    double p = rows.score;
    ordered.add(rows.positives * (negativesBelow + rows.negatives / 2));
    double positivesFrom = totals.positives() - positivesBelow;
    double negativesFrom = totals.negatives() - negativesBelow;
    precision.add(rows.positives * positivesFrom / (positivesFrom + negativesFrom));
    double expectedNegatives = rows.weight() * (1 - p);
    expectedOrdered.add(rows.weight() * p * (expectedNegativesBelow + expectedNegatives / 2));
    expectedNegativesBelow += expectedNegatives;
  }

  private void addErrors(Block rows) {
    double p = rows.score;
    squares.add(rows.positives * (1 - p) * (1 - p) + rows.negatives * p * p);
    if (rows.positives > 0) { // most scores have one row
      losses.add(rows.positives * loss(p, true));
    }

    if (rows.negatives > 0) {
      losses.add(rows.negatives * loss(p, false));
    }

    scores.add(rows.weight() * p);
    double variance = p * (1 - p);
    variances.add(rows.weight() * variance);
    sumVariances.add(rows.squares * variance);
    skewed.add((rows.positives - rows.weight() * p) * (1 - 2 * p));
    skewedVariances.add(rows.squares * (1 - 2 * p) * (1 - 2 * p) * variance);
  }

  /** Returns the log loss of a probability, which is taken to be at least 1e-7. */
  static double loss(double probability, boolean isPositive) {
    double clipped = Math.min(Math.max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
    return -StrictMath.log(isPositive ? clipped : 1 - clipped);
  }

  private void addToTop(Block rows) {
    double above = totals.weight() - positivesBelow - negativesBelow - rows.weight();
    for (int index = 0; index < TOP.length; index++) {
      double top = totals.weight() * TOP[index];
      topPositives[index] += rows.positives * TopRows.part(above, rows.weight(), top);
    }
  }

  @Override
  public BinaryMeasures measured() {
    close();
    double weight = totals.weight();
    double rate = totals.positives() / weight;
    double auc = ordered.value() / (totals.positives() * totals.negatives());
    List<ScoreGroup> tenths = groups.groups();
    double meanScore = scores.value() / weight;
    double expected = scores.value();
    return new BinaryMeasures(
        totals,
        auc,
        aucError(auc),
        ks,
        precision.value() / totals.positives(),
        squares.value() / weight,
        ScoreGroups.mean(tenths, group -> square(group.meanScore() - group.outcome())),
        ScoreGroups.mean(tenths, group -> square(group.outcome() - rate)),
        rate * (1 - rate),
        losses.value() / weight,
        meanScore,
        (totals.positives() - expected) / Math.sqrt(sumVariances.value()),
        skewed.value() / Math.sqrt(skewedVariances.value()),
        ScoreGroups.mean(tenths, group -> Math.abs(group.meanScore() - group.outcome())),
        tenths,
        top(rate),
        labels.confusion(),
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
    double positives = totals.effectivePositives();
    double negatives = totals.effectiveNegatives();
    double variance =
        auc * (1 - auc)
            + (positives - 1) * (twoAbove - square)
            + (negatives - 1) * (twoBelow - square);
    return Math.sqrt(variance / positives / negatives);
  }

  private static double square(double value) {
    return value * value;
  }
}
