package io.paritree.serving;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A challenger that scores callers' rows, too, is replaced, blocks and is removed: no request
 * fails, every row is counted, and answers take as long as without it.
 *
 * <p>{@link ShadowTimes} says how times are compared. That the challenger blocks is done by a
 * debugger that stops its thread, in a server of its own.
 */
@Command(
    name = "shadow",
    description =
        "A challenger that is replaced, blocks and is removed: no request fails or waits for it.")
final class ShadowTrial extends Trial {
  private static final int CONNECTIONS = 16;
  private static final int WARM_UP_SECONDS = 10;
  private static final double MOST = 1.02;
  private static final String THREAD = "shadow of " + TestPackages.BINARY;
  private static final Pattern SHADOW =
      Pattern.compile("(?m)^paritree_shadow_rows_total\\{[^}]*result=\"(\\w+)\"\\} (\\S+)$");
  private static final Pattern SCORED =
      Pattern.compile("(?m)^paritree_rows_total\\{[^}]*result=\"scored\"\\} (\\S+)$");
  private static final String VERSION = "parcel-late/%s";

  @Option(
      names = "--requests",
      description = "Requests while the challenger is harmed. Default: ${DEFAULT-VALUE}.")
  private long requests = 1_000_000;

  @Option(
      names = "--replaced",
      description = "How often the challenger is replaced. Default: ${DEFAULT-VALUE}.")
  private int replaced = 100;

  @Option(
      names = "--blocked-seconds",
      description = "How long the challenger blocks. Default: ${DEFAULT-VALUE}.")
  private int blockedSeconds = 60;

  @Option(
      names = "--rounds",
      description = "Rounds of load without and with a challenger. Default: ${DEFAULT-VALUE}.")
  private int rounds = 36;

  @Option(
      names = "--seconds",
      description = "Seconds for each of the three models in a round. Default: ${DEFAULT-VALUE}.")
  private int seconds = 4;

  private Path model;

  @Override
  String run() throws Exception {
    Path store = directory().resolve("shadow");
    TestPackages packages = new TestPackages(store);
    packages.binary(3, 90);
    packages.binary(2, 110);
    packages.binary(1, 100);
    model = store.resolve(TestPackages.BINARY);
    point("next", 2);
    String times = times();
    return "shadow: " + times + harm();
  }

  private static String shadow(String served, Path model) {
    return "models.shadow=[\"%s=%s@next\"]".formatted(served, model);
  }

  /** Lets an alias of the model name a version. */
  private void point(String alias, int version) throws IOException {
    Path written = Files.writeString(model.resolve("written-alias"), version + "\n");
    Files.move(
        written,
        model.resolve("aliases").resolve(alias),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String times() throws Exception {
    for (ShadowTimes.Model each : ShadowTimes.Model.values()) {
      point(each.alias(), 1);
    }

    List<Path> served =
        Stream.of(ShadowTimes.Model.values())
            .map(each -> model.resolveSibling(each.address()))
            .toList();
    try (ServeRun server =
        serve(served, "log.requests=off", shadow(ShadowTimes.Model.SHADOWED.address(), model))) {
      ShadowTimes times = new ShadowTimes(server.port(), CONNECTIONS, ShadowTrial::wrong);
      awaitChallenger(server.port(), ShadowTimes.Model.SHADOWED.address(), 2);
      double half = times.warmUp(WARM_UP_SECONDS) / 2;
      for (int round = 0; round < rounds; round++) {
        LoadTotals totals = times.measure(half, seconds);
        claim(totals.flawless(), "while times are taken: %s", totals);
      }

      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      ShadowTimes.Ratio ratio = times.ratio(ShadowTimes.Model.SHADOWED);
      ShadowTimes.Ratio control = times.ratio(ShadowTimes.Model.CONTROL);
      claim(ratio.median() <= MOST, "p99 is %s of that without a challenger", ratio);
      claim(
          Math.abs(control.median() - 1) <= MOST - 1,
          "the machine is too noisy to show 2 %%: of two models without a challenger, p99 is %s",
          control);
      return String.format(
          Locale.ROOT,
          "rate=%.0f rounds=%s p99-without=%.3fms p99-with=%.3fms ratio=%s control=%s ",
          half,
          rounds,
          times.p99(ShadowTimes.Model.ALONE),
          times.p99(ShadowTimes.Model.SHADOWED),
          ratio,
          control);
    }
  }

  private static String wrong(long number, LoadAnswer answer) {
    return answer.status() == 200 ? "" : answer.head() + answer.body();
  }

  private String harm() throws Exception {
    int debugged = EmptyRun.freePort();
    String agent = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:";
    try (ServeRun server =
        serve(
            agent + debugged,
            List.of(model),
            "log.requests=off",
            "models.poll=50 ms",
            "models.shadow-queue=1 MiB",
            shadow(TestPackages.BINARY, model))) {
      int port = server.port();
      awaitChallenger(port, TestPackages.BINARY, 2);
      peak(port, CONNECTIONS, WARM_UP_SECONDS);
      // A debugged server is slower than one that is not.
      double rate = peak(port, CONNECTIONS, WARM_UP_SECONDS) / 2;
      drained(server);
      long earlier = scored(server);
      Load load = load(port, CONNECTIONS, rate, ShadowTrial::wrong);
      long slowest = replace(port);
      long before = shadow(server).get("compared");
      long during = block(debugged, server, load);
      awaitAnswered(load, load.answered() + 1_000);
      long after = shadow(server).get("compared");
      claim(after > before, "nothing was compared after the challenger was blocked");
      deleteAll(model.resolve("2"));
      deleteAll(model.resolve("3"));
      Files.delete(model.resolve("aliases/next"));
      awaitAnswered(load, requests);
      LoadTotals totals = load.finish();
      claim(totals.flawless(), "while the challenger was harmed: %s", totals);
      claim(totals.ok() >= requests, "only %s requests", totals.ok());
      Map<String, Long> counted = drained(server);
      long sum = counted.values().stream().mapToLong(each -> each).sum();
      long all = scored(server);
      long scored = all - earlier;
      claim(sum == all, "%s rows of %s are counted: %s", sum, all, counted);
      claim(scored == totals.ok(), "%s rows are scored for %s requests", scored, totals.ok());
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      return String.format(
          Locale.ROOT,
          "requests=%s failed=%s replaced=%s slowest-replaced=%sms blocked=%ss answered-meanwhile=%s"
              + " scored=%s counted=%s p99=%.2fms",
          totals.ok(),
          totals.wrong() + totals.hangs() + totals.lostNumbers().size(),
          replaced,
          slowest,
          blockedSeconds,
          during,
          scored,
          counted,
          totals.millis(0.99));
    }
  }

  /** Replaces the challenger over and over; returns how long the slowest took, in milliseconds. */
  private long replace(int port) throws IOException {
    long slowest = 0;
    for (int time = 0; time < replaced; time++) {
      int version = time % 2 == 0 ? 3 : 2;
      long begin = System.nanoTime();
      point("next", version);
      awaitChallenger(port, TestPackages.BINARY, version);
      slowest = Math.max(slowest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    return slowest;
  }

  private static void awaitChallenger(int port, String served, int version) throws IOException {
    String challenger =
        "\"challenger\": {\n    \"version\": \"" + VERSION.formatted(version) + "\"";
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    try (Client client = new Client(port)) {
      while (!client.get("/v1/models/" + served + "/shadow").body().contains(challenger)) {
        if (System.nanoTime() > end) {
          throw new IOException("Version " + version + " is not compared");
        }

        pause(20);
      }
    }
  }

  private static void awaitAnswered(Load load, long answered) {
    while (load.answered() < answered) {
      pause(50);
    }
  }

  /**
   * Stops the challenger's thread for a while; returns how many requests are answered meanwhile.
   */
  private long block(int debugged, ServeRun server, Load load) throws Exception {
    AttachingConnector socket =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(connector -> connector.transport().name().equals("dt_socket"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = new HashMap<>(socket.defaultArguments());
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(String.valueOf(debugged));
    VirtualMachine machine = socket.attach(arguments);
    ThreadReference thread =
        machine.allThreads().stream()
            .filter(each -> each.name().equals(THREAD))
            .findFirst()
            .orElseThrow();
    thread.suspend();
    long answered = load.answered();
    long compared = shadow(server).get("compared");
    pause(TimeUnit.SECONDS.toMillis(blockedSeconds));
    long meanwhile = load.answered() - answered;
    claim(shadow(server).get("compared") == compared, "the challenger did not block");
    thread.resume();
    machine.dispose();
    return meanwhile;
  }

  private static Map<String, Long> shadow(ServeRun server) throws IOException {
    Map<String, Long> counted = new HashMap<>();
    Matcher found = SHADOW.matcher(metrics(server));
    while (found.find()) {
      counted.put(found.group(1), (long) Double.parseDouble(found.group(2)));
    }

    return counted;
  }

  private static long scored(ServeRun server) throws IOException {
    Matcher found = SCORED.matcher(metrics(server));
    return found.find() ? (long) Double.parseDouble(found.group(1)) : 0;
  }

  private static String metrics(ServeRun server) throws IOException {
    try (Client operator = new Client(server.managementPort())) {
      return operator.get("/metrics").body();
    }
  }

  /** Returns the counts when no row waits any more. */
  private static Map<String, Long> drained(ServeRun server) throws IOException {
    Map<String, Long> before = Map.of();
    Map<String, Long> counted = shadow(server);
    while (!counted.equals(before)) {
      pause(500);
      before = counted;
      counted = shadow(server);
    }

    return counted;
  }
}
