package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Load for a long time, with reloads: the heap after a full collection and the resident memory of
 * the process do not grow.
 *
 * <p>Both are read just before each reload, except in the first third of the time, in which the JVM
 * compiles.
 */
@Command(
    name = "soak",
    description =
        "Load for long, with reloads: heap after collections and resident memory stay flat.")
final class SoakTrial extends Trial {
  private static final int CONNECTIONS = 16;
  private static final double MEGABYTE = 1 << 20;
  private static final double MOST_GROWTH = 0.05; // from the first reading to the last
  private static final String JCMD = System.getProperty("java.home") + "/bin/jcmd";
  private static final Pattern COLLECTED =
      Pattern.compile("(?m)^jvm_memory_pool_collection_used_bytes\\{[^}]*\\} (\\S+)$");

  @Option(names = "--minutes", description = "Minutes of load. Default: ${DEFAULT-VALUE}.")
  private int minutes = 30;

  @Option(
      names = "--reload-seconds",
      description = "Seconds between two reloads. Default: ${DEFAULT-VALUE}.")
  private int reloadSeconds = 60;

  @Option(
      names = "--load",
      description = "Load as a fraction of the peak. Default: ${DEFAULT-VALUE}.")
  private double part = 0.7;

  @Option(names = "--rate", description = "Requests per second, in place of --load.")
  private double rate;

  private final Readings heap = new Readings();
  private final Readings resident = new Readings();

  @Override
  String run() throws Exception {
    Path store = directory().resolve("soak");
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 101);
    packages.binary(1, 100);
    String admin = "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens");
    try (ServeRun server = serve(List.of(store.resolve(TestPackages.BINARY)), admin)) {
      int port = server.port();
      peak(port, CONNECTIONS, 10);
      rate = rate == 0 ? part * peak(port, CONNECTIONS, 10) : rate;
      Load load =
          load(
              port,
              CONNECTIONS,
              rate,
              (number, answer) -> answer.status() == 200 ? "" : answer.head());
      int reloads = reloadOverAndOver(server, store.resolve(TestPackages.BINARY));
      LoadTotals totals = load.finish();

      claim(totals.flawless(), "%s", totals);
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      claim(
          heap.growth() <= MOST_GROWTH,
          "the heap after collections grows by %.2f MB an hour",
          heap.perHour() / MEGABYTE);
      claim(
          resident.growth() <= MOST_GROWTH,
          "resident memory grows by %.2f MB an hour",
          resident.perHour() / MEGABYTE);
      return String.format(
          Locale.ROOT,
          "soak: minutes=%s rate=%.0f reloads=%s readings=%s heap=%.2fMB (%+.2fMB/h) resident=%.1fMB"
              + " (%+.2fMB/h) %s",
          minutes,
          rate,
          reloads,
          heap.count(),
          heap.median() / MEGABYTE,
          heap.perHour() / MEGABYTE,
          resident.median() / MEGABYTE,
          resident.perHour() / MEGABYTE,
          totals);
    }
  }

  private int reloadOverAndOver(ServeRun server, Path model) throws Exception {
    long begin = System.nanoTime();
    int count = (int) TimeUnit.MINUTES.toSeconds(minutes) / reloadSeconds;
    for (int reload = 0; reload < count; reload++) {
      long due = begin + TimeUnit.SECONDS.toNanos(reloadSeconds) * (reload + 1);
      pause(TimeUnit.NANOSECONDS.toMillis(Math.max(0, due - System.nanoTime())));
      if (reload >= count / 3) {
        read(server);
      }

      SwapTrial.champion(model, 1 + reload % 2);
      try (Client operator = new Client(server.managementPort())) {
        Answer answer =
            operator.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
        claim(answer.status() == 200, "reload %s: %s", reload, answer.body());
      }
    }

    return count;
  }

  /** Makes the server collect its garbage, and reads its heap and resident memory. */
  private void read(ServeRun server) throws Exception {
    String pid = String.valueOf(server.process().pid());
    Process jcmd =
        new ProcessBuilder(JCMD, pid, "GC.run")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true)
            .start();
    if (jcmd.waitFor() != 0) {
      throw new IOException("Cannot make the server collect its garbage: jcmd failed");
    }

    long now = System.nanoTime();
    double collected = 0;
    try (Client management = new Client(server.managementPort())) {
      Matcher pools = COLLECTED.matcher(management.get("/metrics").body());
      while (pools.find()) {
        collected += Double.parseDouble(pools.group(1));
      }
    }

    claim(collected > 0, "the metrics do not show what is left after a collection");
    heap.add(now, collected);
    resident.add(now, server.residentBytes());
  }
}
