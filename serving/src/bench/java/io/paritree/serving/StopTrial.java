package io.paritree.serving;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * SIGTERM under load: every accepted request is answered.
 *
 * <p>A request is accepted if the server's own request log has it with a status other than 503.
 * Each of these answers must have reached its caller; and so must an answer to each request that
 * was sent before the signal, whatever the log says. Requests that were sent later, that the server
 * never read or refused, and whose connection ended without a byte are counted separately: their
 * callers can send them again.
 */
@Command(name = "stop", description = "SIGTERM under load: every accepted request is answered.")
final class StopTrial extends Trial {
  private static final Pattern LINE =
      Pattern.compile("\"status\":([0-9]+).*\"request_id\":\"([0-9]+)\"");
  private static final int CONNECTIONS = 16;
  private static final int STOP_SECONDS = 12; // the stop timeout plus 2

  @Option(names = "--times", description = "Number of stops. Default: ${DEFAULT-VALUE}.")
  private int times = 100;

  @Option(names = "--rate", description = "Requests per second; default: half of the peak.")
  private double rate;

  private long answered;
  private long refused;
  private long unread;
  private long broken;
  private long unanswered;
  private long unheard;
  private long lostInFlight;
  private double slowestStopSeconds;

  @Override
  String run() throws Exception {
    if (rate == 0) {
      try (ServeRun server = serve()) {
        peak(server.port(), CONNECTIONS, 5);
        rate = peak(server.port(), CONNECTIONS, 5) / 2;
      }
    }

    for (int time = 0; time < times; time++) {
      stopOnce(time);
    }

    claim(broken == 0, "%s answers were cut off", broken);
    claim(lostInFlight == 0, "%s requests sent before SIGTERM were lost", lostInFlight);
    claim(unanswered == 0, "%s accepted requests were not answered", unanswered);
    return String.format(
        Locale.ROOT,
        "stop: times=%s rate=%.0f answered=%s refused-503=%s refused-unheard=%s never-read=%s broken=%s unanswered=%s"
            + " lost-in-flight=%s slowest-stop=%.2fs",
        times,
        rate,
        answered,
        refused,
        unheard,
        unread - unheard - unanswered,
        broken,
        unanswered,
        lostInFlight,
        slowestStopSeconds);
  }

  private void stopOnce(int time) throws Exception {
    Path lines = directory().resolve("requests-" + time + ".jsonl");
    LoadTotals totals;
    long told;
    try (ServeRun server = serve("log.requests=\"" + lines + "\"", "log.queue=256 MiB")) {
      Load load = load(server.port(), CONNECTIONS, rate, (number, answer) -> wrong(answer));
      // A different time in each round, and never before the load runs.
      pause(300 + time * 37L % 400);
      told = System.nanoTime();
      server.process().destroy(); // SIGTERM
      boolean ended = server.process().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - told) / 1e9;
      slowestStopSeconds = Math.max(slowestStopSeconds, seconds);
      claim(ended && server.process().exitValue() == 0, "Stop %s: no exit with 0 in time", time);
      claim(errors(server).isEmpty(), "Stop %s: errors in the log: %s", time, errors(server));
      totals = load.finish();
    }

    claim(totals.ok() > 0, "Stop %s: no request was answered", time);
    claim(totals.wrong() == 0, "Stop %s: %s", time, totals.firstWrong());
    claim(totals.hangs() == 0, "Stop %s: %s requests hung", time, totals.hangs());
    answered += totals.ok();
    refused += totals.status(503);
    broken += totals.broken();
    lostInFlight += totals.lostSentBefore(told);
    unread += totals.lostNumbers().size() - totals.broken();
    for (String line : Files.readAllLines(lines)) {
      Matcher found = LINE.matcher(line);
      if (found.find() && totals.lostNumbers().contains(Long.parseLong(found.group(2)))) {
        if (found.group(1).equals("503")) {
          unheard++;
        } else {
          claim(false, "Stop %s: the caller received nothing of %s", time, line);
          unanswered++;
        }
      }
    }

    Files.delete(lines);
  }

  private static String wrong(LoadAnswer answer) {
    boolean right = answer.status() == 200 && answer.body().contains("\"score\":");
    return right || answer.status() == 503 ? "" : answer.head() + answer.body();
  }
}
