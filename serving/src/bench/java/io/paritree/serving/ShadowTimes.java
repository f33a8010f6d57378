package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long callers wait for a model that has a challenger, beside how long they wait for the same
 * model without one.
 *
 * <p>Both are in one server, as aliases of one version: so they have the same compiled code, heap
 * and threads, and nothing is different but the challenger. Two servers would not show 2 %: two
 * that are alike differ by more. A third alias without a challenger shows the noise of the machine:
 * without any, its ratio would be 1.
 *
 * <p>In a round each has the load once, one after the other; a round gives a ratio of the p99 of
 * each to that of {@link Model#ALONE}. Who begins, and who follows whom, takes turns.
 */
final class ShadowTimes {
  private static final Model[][] ORDERS = {
    {Model.SHADOWED, Model.ALONE, Model.CONTROL},
    {Model.CONTROL, Model.ALONE, Model.SHADOWED},
    {Model.ALONE, Model.SHADOWED, Model.CONTROL},
    {Model.CONTROL, Model.SHADOWED, Model.ALONE},
    {Model.ALONE, Model.CONTROL, Model.SHADOWED},
    {Model.SHADOWED, Model.CONTROL, Model.ALONE}
  };

  private final int port;
  private final int connections;
  private final Load.Judge judge;
  private final Map<Model, List<Double>> millis = new EnumMap<>(Model.class);

  /** An alias of the model that is served. */
  enum Model {
    /** Has a challenger. */
    SHADOWED,
    /** Has none. */
    ALONE,
    /** Has none, either. */
    CONTROL;

    /** Returns its name in paths. */
    String address() {
      return TestPackages.BINARY + "@" + alias();
    }

    String alias() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The median of ratios.
   *
   * @param low with {@code high} an interval that has the median of all such ratios in 95 of 100
   *     cases, whatever their distribution
   */
  record Ratio(double median, double low, double high) {
    private static final double NORMAL_95 = 1.96;

    static Ratio of(List<Double> dividends, List<Double> divisors) {
      List<Double> sorted = new ArrayList<>();
      for (int round = 0; round < dividends.size(); round++) {
        sorted.add(dividends.get(round) / divisors.get(round));
      }

      sorted.sort(null);
      int all = sorted.size();
      int outside = Math.max(0, (int) ((all - NORMAL_95 * Math.sqrt(all)) / 2));
      return new Ratio(
          (sorted.get((all - 1) / 2) + sorted.get(all / 2)) / 2,
          sorted.get(outside),
          sorted.get(all - 1 - outside));
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.3f(%.3f..%.3f)", median, low, high);
    }
  }

  /**
   * @param port of a server that has the aliases of all {@link Model}s
   * @param judge of each answer
   */
  ShadowTimes(int port, int connections, Load.Judge judge) {
    this.port = port;
    this.connections = connections;
    this.judge = judge;
    for (Model model : Model.values()) {
      millis.put(model, new ArrayList<>());
    }
  }

  /** Lets all of them be compiled; returns requests per second of one without a challenger. */
  double warmUp(int seconds) throws IOException {
    for (Model model : List.of(Model.SHADOWED, Model.CONTROL, Model.ALONE)) {
      load(model, 0).finishAfter(seconds);
    }

    return load(Model.ALONE, 0).finishAfter(seconds).rate();
  }

  /**
   * Measures a round.
   *
   * @param round its number, from 0
   * @param rate requests per second
   * @return the totals of each load
   */
  List<LoadTotals> measure(int round, double rate, int seconds) throws IOException {
    List<LoadTotals> all = new ArrayList<>();
    for (Model model : ORDERS[round % ORDERS.length]) {
      LoadTotals totals = load(model, rate).finishAfter(seconds);
      millis.get(model).add(totals.millis(0.99));
      all.add(totals);
    }

    return all;
  }

  private Load load(Model model, double rate) throws IOException {
    String path = "/v1/models/" + model.address() + "/score";
    return new Load(port, connections, rate, Load.posts(path, Trial.RECORD), judge);
  }

  /** Returns the median of the p99 of the rounds, in milliseconds. */
  double p99(Model model) {
    return Trial.median(millis.get(model).stream().mapToDouble(each -> each).toArray());
  }

  /** Returns how much longer callers wait for one than for {@link Model#ALONE}. */
  Ratio ratio(Model model) {
    return Ratio.of(millis.get(model), millis.get(Model.ALONE));
  }
}
