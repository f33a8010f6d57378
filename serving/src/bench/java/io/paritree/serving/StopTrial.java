package io.paritree.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * SIGTERM under load, over connections that are kept and over connections that are opened for one
 * request each: every request is answered that was sent over a connection that could be opened.
 *
 * <p>Where requests are lost, the server's own request log shows which of them it had accepted: all
 * that it has with a status other than 503.
 */
@Command(name = "stop", description = "SIGTERM under load: every request is answered.")
final class StopTrial extends Trial {
  private static final Pattern LINE =
      Pattern.compile("\"status\":([0-9]+).*\"request_id\":\"([0-9]+)\"");
  private static final int CONNECTIONS = 48;
  private static final int FRESH = 16;
  private static final long FIRST_FRESH = 1_000_000_000_000L;
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
    claim(unread == 0, "%s requests over open connections were lost", unread);
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
    LoadTotals kept;
    LoadTotals fresh;
    long told;
    try (ServeRun server = serve("log.requests=\"" + lines + "\"", "log.queue=256 MiB")) {
      Load load = load(server.port(), CONNECTIONS, rate, (number, answer) -> wrong(answer));
      LongFunction<byte[]> single = Load.posts(SCORE, "Connection: close\r\n", RECORD);
      Load opening =
          new Load(
              server.port(),
              FRESH,
              rate / 8,
              number -> single.apply(FIRST_FRESH + number),
              (number, answer) -> wrong(answer));
      // A different time in each round, and never before the load runs.
      pause(300 + time * 37L % 400);
      told = System.nanoTime();
      server.process().destroy(); // SIGTERM
      boolean ended = server.process().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - told) / 1e9;
      slowestStopSeconds = Math.max(slowestStopSeconds, seconds);
      claim(ended && server.process().exitValue() == 0, "Stop %s: no exit with 0 in time", time);
      claim(errors(server).isEmpty(), "Stop %s: errors in the log: %s", time, errors(server));
      kept = load.finish();
      fresh = opening.finish();
    }

    count(time, told, kept, lines, 0);
    count(time, told, fresh, lines, FIRST_FRESH);
    Files.delete(lines);
  }

  /**
   * @param first the number of the first request, in the log
   */
  private void count(int time, long told, LoadTotals totals, Path lines, long first)
      throws IOException {
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
      if (found.find() && totals.lostNumbers().contains(Long.parseLong(found.group(2)) - first)) {
        if (found.group(1).equals("503")) {
          unheard++;
        } else {
          claim(false, "Stop %s: the caller received nothing of %s", time, line);
          unanswered++;
        }
      }
    }
  }

  private static String wrong(LoadAnswer answer) {
    boolean right = answer.status() == 200 && answer.body().contains("\"score\":");
    return right || answer.status() == 503 ? "" : answer.head() + answer.body();
  }
}
