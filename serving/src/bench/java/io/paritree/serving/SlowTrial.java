package io.paritree.serving;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Slow callers: the others, whose times h2load measures, are answered as before, and the slow ones
 * are closed.
 *
 * <p>The others' p99 is compared while the slow callers are connected. While two thousand connect
 * at the same time, and in a first round, in which the server compiles, it is only shown, but every
 * request must be answered.
 */
@Command(
    name = "slow",
    description =
        "Callers that send one byte per 5 s or none, or never read: others are answered as before.")
final class SlowTrial extends Trial {
  private static final int CONNECTIONS = 8;
  private static final int CONNECTING_SECONDS = 3;
  private static final double MOST = 1.5;

  @Option(names = "--connections", description = "Slow connections. Default: ${DEFAULT-VALUE}.")
  private int connections = 2_000;

  @Option(
      names = "--never-reading",
      description =
          "Additional connections that request answers of 2 MB and never read. Default: ${DEFAULT-VALUE}.")
  private int deaf = 16;

  @Option(
      names = "--rounds",
      description =
          "Rounds without and with slow ones, after a first one. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(
      names = "--seconds",
      description = "Seconds of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 16;

  @Option(names = "--rate", description = "Requests per second; default: half of the peak.")
  private double rate;

  @Override
  String run() throws Exception {
    H2Load.require("h2load");
    Path record = Files.writeString(directory().resolve("record.json"), RECORD);
    List<H2Load> without = new ArrayList<>();
    List<H2Load> with = new ArrayList<>();
    long requests = 0;
    long drippers = 0;
    long closed = 0;
    long deafOpen = 0;
    long slowestMillis = 0;
    // Half the size of the answers that are not read.
    try (ServeRun server = serve("limits.pending-answers=%s MiB".formatted(Math.max(deaf, 1)))) {
      int port = server.port();
      String url = "http://127.0.0.1:" + port + SCORE;
      peak(port, CONNECTIONS, 5);
      rate = rate == 0 ? peak(port, CONNECTIONS, 5) / 2 : rate;
      for (int round = 0; round <= rounds; round++) {
        H2Load alone = H2Load.run(url, record, CONNECTIONS, rate, seconds);
        LoadTotals connecting;
        H2Load beside;
        Load early = load(port, CONNECTIONS, rate, SlowTrial::refused);
        try (SlowProcess slow = new SlowProcess(port, connections, deaf)) {
          connecting = early.finishAfter(CONNECTING_SECONDS);
          beside = H2Load.run(url, record, CONNECTIONS, rate, seconds);
          SlowProcess.Closed ended = slow.awaitClosed();
          drippers += ended.drippers();
          closed += ended.closed();
          deafOpen += ended.deafOpen();
          slowestMillis = Math.max(slowestMillis, ended.slowestMillis());
        }

        claim(connecting.flawless(), "while slow callers connect: %s", connecting);
        requests += beside.micros().length;
        if (round > 0) {
          without.add(alone);
          with.add(beside);
        }

        System.out.printf(
            Locale.ROOT,
            "p99: without %.2f ms, while they connect %.2f ms, with %.2f ms%s%n",
            alone.quantile(0.99) / 1e3,
            connecting.millis(0.99),
            beside.quantile(0.99) / 1e3,
            round == 0 ? " (not compared)" : "");
      }

      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
    }

    // Over all rounds together: in one of 16 seconds, a single stall of the machine sets the p99.
    double p99Without = H2Load.together(without).quantile(0.99) / 1e3;
    double p99With = H2Load.together(with).quantile(0.99) / 1e3;
    double ratio = p99With / p99Without;
    claim(ratio <= MOST, "p99 is %.2f times the p99 without slow callers", ratio);
    claim(closed == drippers, "%s of %s drippers were closed", closed, drippers);
    claim(deafOpen == 0, "%s connections that never read were not closed", deafOpen);
    return String.format(
        Locale.ROOT,
        "slow: connections=%s never-reading=%s rounds=%s rate=%.0f requests=%s p99-without=%.2fms p99=%.2fms"
            + " ratio=%.2f drippers-closed=%s/%s slowest=%.1fs",
        connections,
        deaf,
        rounds,
        rate,
        requests,
        p99Without,
        p99With,
        ratio,
        closed,
        drippers,
        slowestMillis / 1e3);
  }

  private static String refused(long number, LoadAnswer answer) {
    return answer.status() == 200 ? "" : answer.head();
  }
}
