package io.paritree.serving;

import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Slow callers: the others are answered as before, and the slow ones are closed.
 *
 * <p>The others' p99 is compared while the slow ones are there; while two thousand connect at once,
 * it is shown, and every request must be answered.
 */
@Command(
    name = "slow",
    description = "Callers of one byte per 5 s or none: others are answered as before.")
final class SlowTrial extends Trial {
  private static final int CONNECTIONS = 8;
  private static final int CONNECTING_SECONDS = 3;
  private static final double MOST = 1.5;
  // server.request-timeout, one look a second, and what a loaded machine needs
  private static final long DRIPPER_SECONDS = 15;

  @Option(names = "--connections", description = "Slow connections. Default: ${DEFAULT-VALUE}.")
  private int connections = 2_000;

  @Option(names = "--rounds", description = "With and without, in turn. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Of each. Default: ${DEFAULT-VALUE}.")
  private int seconds = 16;

  @Option(names = "--rate", description = "Requests per second; default: half of the peak.")
  private double rate;

  @Override
  String run() throws Exception {
    double[] without = new double[rounds];
    double[] with = new double[rounds];
    double[] ratios = new double[rounds];
    long requests = 0;
    long drippers = 0;
    long closed = 0;
    long slowestMillis = 0;
    try (ServeRun server = serve()) {
      int port = server.port();
      peak(port, CONNECTIONS, 5);
      rate = rate == 0 ? peak(port, CONNECTIONS, 5) / 2 : rate;
      for (int round = 0; round < rounds; round++) {
        LoadTotals alone = steady(port).finishAfter(seconds);
        LoadTotals connecting;
        LoadTotals beside;
        Load first = steady(port);
        try (SlowCallers slow = new SlowCallers(port, connections)) {
          connecting = first.finishAfter(CONNECTING_SECONDS);
          beside = steady(port).finishAfter(seconds);
          slow.awaitDrippersClosed(DRIPPER_SECONDS);
          drippers += slow.drippers();
          closed += slow.closedDrippers();
          slowestMillis = Math.max(slowestMillis, slow.slowestMillis());
        }

        claim(alone.flawless(), "without slow callers: %s", alone);
        claim(connecting.flawless(), "while slow callers connect: %s", connecting);
        claim(beside.flawless(), "with slow callers: %s", beside);
        requests += beside.ok();
        without[round] = alone.millis(0.99);
        with[round] = beside.millis(0.99);
        ratios[round] = with[round] / without[round];
        System.out.printf(
            Locale.ROOT,
            "p99: without %.2f ms, while they connect %.2f ms, with %.2f ms%n",
            without[round],
            connecting.millis(0.99),
            with[round]);
      }

      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
    }

    claim(median(ratios) <= MOST, "p99 is %.2f times that without", median(ratios));
    claim(closed == drippers, "%s of %s drippers were closed", closed, drippers);
    return String.format(
        Locale.ROOT,
        "slow: connections=%s rounds=%s rate=%.0f requests=%s p99-without=%.2fms p99=%.2fms"
            + " ratio=%.2f drippers-closed=%s/%s slowest=%.1fs",
        connections,
        rounds,
        rate,
        requests,
        median(without),
        median(with),
        median(ratios),
        closed,
        drippers,
        slowestMillis / 1e3);
  }

  private Load steady(int port) throws IOException {
    return load(
        port, CONNECTIONS, rate, (number, answer) -> answer.status() == 200 ? "" : answer.head());
  }
}
