package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * How long callers wait for a model that has a challenger, beside how long they wait for the same
 * model without one.
 *
 * <p>Both are in one server, as aliases of one version: so they have the same compiled code, heap
 * and threads, and nothing is different but the challenger. Two servers would not show 2 %: two
 * that are alike differ by more. A third alias without a challenger shows the noise of the machine:
 * without any, its ratio would be 1.
 *
 * <p>All of them are asked in turn, each for {@link #TURN_SECONDS}, by the same connections: so a
 * machine that is slow for seconds is slow for all. Who begins, and who follows whom, changes from
 * turn to turn. The beginning of a turn, in which rows of the one before it may still wait for the
 * challenger, is not counted. Once each has had its turn, there is a ratio of the p99 of each to
 * that of {@link Model#ALONE}; the median of all ratios is what counts.
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

  private static final double TURN_SECONDS = 0.4;

  /** The share of a turn that is not counted. */
  private static final double SETTLING = 0.25;

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
   * Measures a round of turns.
   *
   * @param rate requests per second
   * @param seconds in all, for each of the models
   */
  LoadTotals measure(double rate, int seconds) throws IOException {
    int all = Model.values().length;
    Round round = new Round(rate, (int) (seconds / TURN_SECONDS));
    LoadTotals totals =
        new Load(port, connections, rate, round::request, round)
            .finishAfter(all * (long) seconds + 2); // until the last turn has ended
    for (int turn = 0; turn < round.turns.length; turn++) {
      millis.get(round.model(turn)).add(round.p99(turn) / 1e3);
    }

    return totals;
  }

  /** Who is asked by which request of a round, and how long it takes; used by the load's thread. */
  private final class Round implements Load.Judge {
    private final int perTurn;
    private final int settling;
    private final Map<Model, LongFunction<byte[]>> posts = new EnumMap<>(Model.class);
    private final int[][] turns; // microseconds of each request of each turn, once it has settled

    /**
     * @param each turns of each model
     */
    Round(double rate, int each) {
      this.perTurn = Math.max(2, (int) (rate * TURN_SECONDS));
      this.settling = (int) (SETTLING * perTurn);
      this.turns = new int[each * Model.values().length][perTurn - settling];
      for (Model model : Model.values()) {
        posts.put(model, ShadowTimes.this.posts(model));
      }
    }

    Model model(int turn) {
      int models = Model.values().length;
      return ORDERS[turn / models % ORDERS.length][turn % models];
    }

    private int turn(long number) {
      return (int) (number / perTurn);
    }

    byte[] request(long number) {
      return posts.get(model(turn(number))).apply(number);
    }

    @Override
    public String wrong(long number, LoadAnswer answer) {
      return judge.wrong(number, answer);
    }

    @Override
    public void took(long number, long nanos) {
      int place = (int) (number % perTurn) - settling;
      if (place >= 0 && turn(number) < turns.length) {
        turns[turn(number)][place] = (int) (nanos / 1_000);
      }
    }

    int p99(int turn) throws IOException {
      int[] micros = turns[turn];
      Arrays.sort(micros);
      if (micros[0] == 0) {
        throw new IOException("A request of turn %s had no answer in time".formatted(turn));
      }

      return micros[(int) (micros.length * 0.99)];
    }
  }

  private LongFunction<byte[]> posts(Model model) {
    return Load.posts("/v1/models/" + model.address() + "/score", Trial.RECORD);
  }

  private Load load(Model model, double rate) throws IOException {
    return new Load(port, connections, rate, posts(model), judge);
  }

  /** Returns the median of the p99 of the turns, in milliseconds. */
  double p99(Model model) {
    return Trial.median(millis.get(model).stream().mapToDouble(each -> each).toArray());
  }

  /** Returns how much longer callers wait for one than for {@link Model#ALONE}. */
  Ratio ratio(Model model) {
    return Ratio.of(millis.get(model), millis.get(Model.ALONE));
  }
}
