package io.paritree.outcome;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Measures of many resamples of the rows of a model ({@link Resampling}), in one pass over their
 * rows. Those of other rows, measured elsewhere, are added up. Not thread-safe.
 */
public final class Resamples implements Serializable {
  private static final int RESAMPLES = Resampling.RESAMPLES;
  private static final int MOST_MEANS = 4;

  private final OutcomeKind kind;
  private final double quantile; // NaN if scores are no quantile
  private final int[] times = new int[RESAMPLES];

  // What rows add up to, of each resample.
  private final double[] weights = new double[RESAMPLES];
  private final double[][] sums = new double[MOST_MEANS][RESAMPLES];

  // Of two outcomes: weights of pairs in the right order, and of rows, before the last score.
  private final double[] ordered = new double[RESAMPLES];
  private final double[] positivesBelow = new double[RESAMPLES];
  private final double[] negativesBelow = new double[RESAMPLES];
  private final double[] positives = new double[RESAMPLES]; // with the last score
  private final double[] negatives = new double[RESAMPLES];
  private double score = Double.NaN;

  private transient RankedList list = new RankedList(); // of a ranking, the last one
  private final int[] timesOfList = new int[RESAMPLES];
  private long number;

  /**
   * @param quantile as in {@link OutcomeForm}; NaN if scores are no quantile
   */
  public Resamples(OutcomeKind kind, double quantile) {
    this.kind = kind;
    this.quantile = quantile;
  }

  /**
   * Adds a row, in the order of {@link OutcomeMeasuring}.
   *
   * @param unit a hash of what is resampled as a whole, such as all rows of a key or of a list
   */
  public void add(OutcomeRow row, long unit) {
    switch (kind) {
      case BINARY -> {
        Resampling.draw(unit, times);
        boolean isPositive = row.outcome() > 0;
        double error = row.score() - (isPositive ? 1 : 0);
        addOrder(row, isPositive);
        add(row.total(), times, error * error, BinaryOutcome.loss(row.score(), isPositive));
      }
      case VALUES -> {
        Resampling.draw(unit, times);
        ValueSums own = ValueSums.ofRow(row.score(), row.outcome(), OptionalDouble.of(quantile));
        add(
            row.total(),
            times,
            own.errors(),
            own.absoluteErrors(),
            own.squaredErrors(),
            own.pinball());
      }
      case CLASSES -> {
        if (row.isOfItsOutcome()) {
          Resampling.draw(unit, times);
          boolean isUnscored = row.part() == OutcomeRow.NO_CLASS;
          add(
              row.total(),
              times,
              row.label() == row.outcome() ? 1 : 0,
              isUnscored ? Double.NaN : BinaryOutcome.loss(row.score(), true));
        }
      }
      case RANKING -> {
        if (row.part() != number || list.isEmpty()) {
          closeList();
          number = row.part();
          Resampling.draw(unit, timesOfList);
        }

        list.add(row);
      }
    }
  }

  private void addOrder(OutcomeRow row, boolean isPositive) {
    if (row.score() != score) {
      closeScore();
      score = row.score();
    }

    double[] own = isPositive ? positives : negatives;
    for (int resample = 0; resample < RESAMPLES; resample++) {
      own[resample] += times[resample] * row.total();
    }
  }

  private void add(double weight, int[] often, double... numbers) {
    for (int resample = 0; resample < RESAMPLES; resample++) {
      weights[resample] += often[resample] * weight;
    }

    for (int index = 0; index < numbers.length; index++) {
      double weighted = weight * numbers[index];
      double[] own = sums[index];
      for (int resample = 0; resample < RESAMPLES; resample++) {
        own[resample] += often[resample] * weighted;
      }
    }
  }

  private void closeScore() {
    for (int resample = 0; resample < RESAMPLES; resample++) {
      ordered[resample] +=
          positives[resample] * (negativesBelow[resample] + negatives[resample] / 2);
      positivesBelow[resample] += positives[resample];
      negativesBelow[resample] += negatives[resample];
      positives[resample] = 0;
      negatives[resample] = 0;
    }
  }

  private void closeList() {
    if (!list.isEmpty()) {
      add(
          list.weight(),
          timesOfList,
          list.gain(RankOutcome.PLACES[0]),
          list.gain(RankOutcome.PLACES[1]));
      list.clear();
    }
  }

  /** Ends the last score, and the last list; no more rows may be added. */
  public Resamples end() {
    closeScore();
    closeList();
    list = null;
    return this;
  }

  /**
   * Adds other rows, each with a higher score than all of these, or of other lists.
   *
   * @param higher has ended
   */
  public void add(Resamples higher) {
    for (int resample = 0; resample < RESAMPLES; resample++) {
      ordered[resample] +=
          higher.ordered[resample] + higher.positivesBelow[resample] * negativesBelow[resample];
      positivesBelow[resample] += higher.positivesBelow[resample];
      negativesBelow[resample] += higher.negativesBelow[resample];
      weights[resample] += higher.weights[resample];
      for (int index = 0; index < MOST_MEANS; index++) {
        sums[index][resample] += higher.sums[index][resample];
      }
    }
  }

  /** Returns each measure by its name, of each resample; NaN where one has none. */
  Map<String, double[]> values() {
    Map<String, double[]> values = new LinkedHashMap<>();
    switch (kind) {
      case BINARY -> {
        values.put("auc", areas());
        values.put("brier", means(0));
        values.put("log_loss", means(1));
      }
      case VALUES -> {
        values.put("mean_error", means(0));
        values.put("mae", means(1));
        values.put("rmse", roots(means(2)));
        if (!Double.isNaN(quantile)) {
          values.put("pinball_loss", means(3));
        }
      }
      case CLASSES -> {
        values.put("accuracy", means(0));
        values.put("log_loss", means(1));
      }
      case RANKING -> {
        values.put(RankMeasures.GAIN_5, means(0));
        values.put(RankMeasures.GAIN_10, means(1));
      }
    }

    return values;
  }

  private double[] areas() {
    double[] areas = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      areas[resample] = ordered[resample] / (positivesBelow[resample] * negativesBelow[resample]);
    }

    return areas;
  }

  private double[] means(int index) {
    double[] means = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      means[resample] = sums[index][resample] / weights[resample];
    }

    return means;
  }

  private static double[] roots(double[] squares) {
    double[] roots = new double[squares.length];
    for (int index = 0; index < roots.length; index++) {
      roots[index] = Math.sqrt(squares[index]);
    }

    return roots;
  }
}
