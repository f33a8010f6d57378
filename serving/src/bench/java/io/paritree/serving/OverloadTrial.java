package io.paritree.serving;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Five times the connections that reach the peak: the same rate is answered, and the rest is
 * refused with 503.
 */
@Command(
    name = "overload",
    description =
        "Five times the connections of the peak: the same rate is answered, the rest gets 503.")
final class OverloadTrial extends Trial {
  private static final int[] CONNECTIONS = {4, 8, 16, 32, 64};
  private static final int TIMES = 5;
  private static final double LEAST = 0.9;
  private static final long RECOVERY_MILLIS = 2_000;
  private static final long WAIT_MILLIS = 500; // admission.max-wait
  private static final long SLACK_MILLIS = 1_000; // client and server share the processors

  @Option(
      names = "--rounds",
      description = "Rounds of peak, overload and peak again. Default: ${DEFAULT-VALUE}.")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      description = "Seconds of overload in each round. Default: ${DEFAULT-VALUE}.")
  private int seconds = 60;

  @Option(
      names = "--probe-seconds",
      description = "Seconds of each measurement of the peak. Default: ${DEFAULT-VALUE}.")
  private int probeSeconds = 5;

  @Override
  String run() throws Exception {
    try (ServeRun server = serve()) {
      int port = server.port();
      peak(port, 16, 2 * probeSeconds); // warms the server up
      double peak = 0;
      int best = 0;
      for (int connections : CONNECTIONS) {
        double rate = peak(port, connections, probeSeconds);
        if (rate > peak) {
          peak = rate;
          best = connections;
        }
      }

      double[] ratios = new double[rounds];
      double[] afterwards = new double[rounds];
      double[] goodputs = new double[rounds];
      double slowestMillis = 0;
      long refused = 0;
      for (int round = 0; round < rounds; round++) {
        double before = peak(port, best, probeSeconds);
        LoadTotals over =
            load(port, TIMES * best, 0, (number, answer) -> wrong(answer)).finishAfter(seconds);
        pause(RECOVERY_MILLIS);
        double after = peak(port, best, probeSeconds);
        double normal = (before + after) / 2;
        goodputs[round] = over.rate();
        ratios[round] = over.rate() / normal;
        afterwards[round] = after / before;
        slowestMillis = Math.max(slowestMillis, over.slowestMillis());
        refused += over.status(503);
        claim(over.wrong() == 0, "%s wrong answers: %s", over.wrong(), over.firstWrong());
        claim(
            over.hangs() + over.lostNumbers().size() == 0, "requests without an answer: %s", over);
      }

      claim(median(ratios) >= LEAST, "goodput is %.3f of the peak", median(ratios));
      claim(
          median(afterwards) >= LEAST,
          "the peak afterwards is %.3f of the peak before",
          median(afterwards));
      claim(
          slowestMillis <= WAIT_MILLIS + SLACK_MILLIS,
          "the slowest answer took %.0f ms",
          slowestMillis);
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      return String.format(
          Locale.ROOT,
          "overload: connections=%s peak-connections=%s rounds=%s goodput=%.0f/s ratio=%.3f"
              + " after=%.3f refused-503=%s slowest=%.0fms",
          TIMES * best,
          best,
          rounds,
          median(goodputs),
          median(ratios),
          median(afterwards),
          refused,
          slowestMillis);
    }
  }

  private static String wrong(LoadAnswer answer) {
    boolean refused = answer.status() == 503 && answer.head().contains("Retry-After: ");
    return answer.status() == 200 || refused ? "" : answer.head();
  }
}
