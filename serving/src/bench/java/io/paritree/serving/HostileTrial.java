package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hostile requests over real sockets: none makes the server fail, hang, grow or log an error. */
@Command(
    name = "hostile",
    description = "Hostile requests: none makes the server fail, hang, grow or log an error.")
final class HostileTrial extends Trial {
  private static final double MOST_GROWTH = 1.05;
  // Requests in which the JVM compiles and loads code; its memory can be flat only after them.
  private static final long SETTLING = 100_000;
  private static final long REST_MILLIS = 25_000;
  private static final List<String> AT_REST =
      List.of(
          "paritree_connections",
          "paritree_pending_body_bytes",
          "paritree_pending_answer_bytes",
          "paritree_admission_running",
          "paritree_admission_waiting");

  @Option(names = "--requests", description = "Number of requests. Default: ${DEFAULT-VALUE}.")
  private long requests = 1_000_000;

  @Option(names = "--first", description = "Number of the first request; with --seed, replays one.")
  private long first;

  @Option(names = "--minutes", description = "Longest time. Default: ${DEFAULT-VALUE}.")
  private long minutes = 30;

  @Option(names = "--callers", description = "Connections. Default: ${DEFAULT-VALUE}.")
  private int callers = 8;

  @Option(names = "--seed", description = "Replays a run; default: a new seed each time.")
  private long seed = System.nanoTime();

  @Override
  String run() throws Exception {
    System.out.println("Seed " + seed);
    TestPackages packages = new TestPackages(directory().resolve("hostile"));
    List<Path> models =
        List.of(
            packages.binary().getParent(),
            packages.classes().getParent(),
            packages.wide(28, 20, 4).getParent());
    long begin = System.nanoTime();
    try (ServeRun server = serve(models)) {
      String answer;
      try (Client client = new Client(server.port())) {
        answer = client.post(SCORE, RECORD).body();
      }

      HostileRequests source = new HostileRequests(seed, answer);
      long settling = Math.min(requests / 2, SETTLING);
      HostileRun before = part(server, source, first, settling, begin);
      long residentBefore = residentAtRest(server);
      HostileRun after = part(server, source, first + settling, requests - settling, begin);
      long residentAfter = residentAtRest(server);
      double growth = (double) residentAfter / residentBefore;

      long sent = before.sent() + after.sent();
      claim(sent == requests, "only %s requests were sent in time", sent);
      claim(
          requests < 2 * SETTLING || growth <= MOST_GROWTH,
          "resident memory grew to %.3f times",
          growth);
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      List<String> warnings = warnings(server);
      claim(warnings.isEmpty(), "%s warnings in the log: %s", warnings.size(), warnings);
      claim(server.process().isAlive(), "the server has ended");
      awaitRest(server.managementPort());

      Map<String, Long> counts = new TreeMap<>(before.counts());
      after.counts().forEach((name, count) -> counts.merge(name, count, Long::sum));
      return String.format(
          Locale.ROOT,
          "hostile: requests=%s seconds=%s failed=%s slowest=%.0fms resident=%sMB->%sMB (%.3f)"
              + " log-errors=%s %s seed=%s",
          sent,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
          before.failed() + after.failed(),
          Math.max(before.slowestMillis(), after.slowestMillis()),
          residentBefore >> 20,
          residentAfter >> 20,
          growth,
          errors(server).size(),
          counts,
          seed);
    }
  }

  /**
   * Reads the resident memory when the JVM no longer compiles, and the options of scripts/serve
   * have returned unused memory to the system.
   */
  private static long residentAtRest(ServeRun server) throws IOException {
    pause(REST_MILLIS);
    return server.residentBytes();
  }

  private HostileRun part(
      ServeRun server, HostileRequests source, long from, long count, long begin) throws Exception {
    HostileRun run = new HostileRun(server.port(), source, from, count);
    long spent = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    run.run(callers, Math.max(1, 60 * minutes - spent));
    claim(run.failed() == 0, "%s requests failed: %s", run.failed(), run.failures());
    return run;
  }

  /** Waits until the server holds nothing for any caller. */
  private void awaitRest(int managementPort) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    List<String> busy;
    do {
      String metrics;
      try (Client management = new Client(managementPort)) {
        metrics = management.get("/metrics").body();
      }

      busy = new ArrayList<>();
      for (String gauge : AT_REST) {
        Matcher found = Pattern.compile("(?m)^" + gauge + " (\\S+)$").matcher(metrics);
        if (!found.find() || Double.parseDouble(found.group(1)) != 0) {
          busy.add(gauge);
        }
      }
    } while (!busy.isEmpty() && System.nanoTime() < end);

    claim(busy.isEmpty(), "something is still held: %s", busy);
  }
}
