package io.paritree.outcome;

import java.io.Serializable;

/**
 * Measures the order that scores give to lists. Rows come list by list, and within a list in the
 * order of their scores. Those of other lists, measured elsewhere, are added up. Not thread-safe.
 */
public final class RankOutcome implements OutcomeMeasuring, Serializable {
  /** The largest relevance, as in XGBoost. */
  public static final int MOST_RELEVANT = 31;

  /** How many of the first places count. */
  static final int[] PLACES = {5, 10};

  private final OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
  private transient RankedList list = new RankedList();
  private final Mean[] gains = {new Mean(), new Mean()};
  private long number;
  private long lists;
  private long empty;

  /** A mean of lists by their weights, with its standard error. */
  private static final class Mean implements Serializable {
    private final PreciseSum weights = new PreciseSum();
    private final PreciseSum values = new PreciseSum();
    private final PreciseSum squaredWeights = new PreciseSum();
    private final PreciseSum squaredValues = new PreciseSum();
    private final PreciseSum products = new PreciseSum();

    void add(double value, double weight) {
      weights.add(weight);
      values.add(weight * value);
      squaredWeights.add(weight * weight);
      squaredValues.add(weight * value * (weight * value));
      products.add(weight * weight * value);
    }

    void add(Mean other) {
      weights.add(other.weights);
      values.add(other.values);
      squaredWeights.add(other.squaredWeights);
      squaredValues.add(other.squaredValues);
      products.add(other.products);
    }

    double value() {
      return values.value() / weights.value();
    }

    double error(long lists) {
      double mean = value();
      double squares =
          squaredValues.value()
              - 2 * mean * products.value()
              + mean * mean * squaredWeights.value();
      double correction = lists / (lists - 1.0);
      return lists < 2
          ? Double.NaN
          : Math.sqrt(Math.max(0, squares) * correction) / weights.value();
    }
  }

  @Override
  public void add(OutcomeRow row) {
    if (row.part() != number) {
      close();
      number = row.part();
    }

    list.add(row);
    totals.add(row);
  }

  /** Adds lists that no row of was added here. */
  public void add(RankOutcome other) {
    other.close();
    lists += other.lists;
    empty += other.empty;
    totals.add(other.totals);
    for (int index = 0; index < PLACES.length; index++) {
      gains[index].add(other.gains[index]);
    }
  }

  /** Ends the last list, and forgets what only more rows would need. */
  public void end() {
    close();
    list = null;
  }

  private void close() {
    if (list == null || list.isEmpty()) {
      return;
    }

    lists++;
    empty += list.hasNoRelevant() ? 1 : 0;
    for (int index = 0; index < PLACES.length; index++) {
      gains[index].add(list.gain(PLACES[index]), list.weight());
    }

    list.clear();
  }

  @Override
  public RankMeasures measured() {
    close();
    return new RankMeasures(
        totals.totals(),
        lists,
        empty,
        gains[0].value(),
        gains[0].error(lists),
        gains[1].value(),
        gains[1].error(lists));
  }
}
