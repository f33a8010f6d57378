package io.paritree.serving;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.golden.JsonRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The scoring endpoint against an empty Javalin endpoint, in turn, with wrk and h2load.
 *
 * <p>Run: {@code scripts/bench http [--rounds N] [--seconds N] [--json]}. Throughput by wrk with 32
 * connections; latency by h2load at half of the scoring endpoint's peak, offered to both. Medians
 * of the rounds.
 *
 * <p>With {@code --reasons K} instead: throughput with reasons against that without, in turn, and
 * the CPU time that they add to a request against that of explaining the record in this JVM. With
 * {@code --drift}, see {@link CountedHttpBench}.
 */
final class HttpBench {
  static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");
  static final int WIDTH = 28;
  private static final int CLIENTS = 16;

  private final Path directory = Files.createTempDirectory("paritree-bench");
  private final int rounds;
  private final int seconds;

  private HttpBench(int rounds, int seconds) throws IOException {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  /** The figures of one endpoint. */
  private record Reached(double rps, double p50us, double p99us) {
    String json() {
      return String.format(
          Locale.ROOT, "{\"rps\": %.0f, \"p50us\": %.0f, \"p99us\": %.0f}", rps, p50us, p99us);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = 5;
    int seconds = 5;
    boolean json = false;
    int reasons = 0;
    boolean counted = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--seconds" -> seconds = Integer.parseInt(given.next());
        case "--json" -> json = true;
        case "--reasons" -> reasons = Integer.parseInt(given.next());
        case "--drift" -> counted = true;
        default -> {
          System.err.println(
              "Usage: bench http [--rounds N] [--seconds N] [--reasons K | --drift] [--json]");
          System.exit(2);
        }
      }
    }

    HttpBench bench = new HttpBench(rounds, seconds);
    if (reasons > 0) {
      H2Load.require("wrk");
      System.out.println(bench.reasons(reasons));
      return;
    }

    if (counted) {
      H2Load.require("wrk");
      System.out.println(new CountedHttpBench(bench.directory, rounds, seconds).run());
      return;
    }

    H2Load.require("wrk", "h2load");
    String result = "{\"models\": [%s, %s]}".formatted(bench.model(100), bench.model(1_000));
    System.out.println(json ? result : result.replace("}, ", "},\n "));
  }

  private String model(int trees) throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store" + trees));
    String store = packages.wide(WIDTH, trees, 6).getParent().toString();
    Path record = Files.writeString(directory.resolve("record.json"), record());
    try (ServeRun scoring =
        new ServeRun(
            directory, Map.of("PARITREE_JAVA_OPTS", String.join(" ", HEAP)), "--model", store)) {
      int port = scoring.port();
      int length;
      try (Client client = new Client(port)) {
        length = client.post("/v1/models/wide/score", record()).content().length;
      }

      try (EmptyRun empty = new EmptyRun(directory, length, HEAP)) {
        empty.await();
        return compare(
            trees,
            "http://127.0.0.1:" + empty.port() + "/empty",
            "http://127.0.0.1:" + port + "/v1/models/wide/score",
            record);
      }
    }
  }

  private String reasons(int most) throws Exception {
    Path sealed = new TestPackages(directory.resolve("reasons")).wide(WIDTH, 100, 6);
    Path record = Files.writeString(directory.resolve("record.json"), record());
    OneRow alone = new OneRow(sealed);
    double[][] rates = new double[2][rounds];
    double[][] micros = new double[2][rounds];
    double[] oneRow = new double[rounds];
    try (ServeRun scoring =
        new ServeRun(
            directory,
            Map.of("PARITREE_JAVA_OPTS", String.join(" ", HEAP)),
            "--model",
            sealed.toString())) {
      String address = "http://127.0.0.1:%s/v1/models/wide/score".formatted(scoring.port());
      String[] urls = {address, address + "?reasons=" + most};
      for (String url : urls) {
        throughput(url, record); // warms both
      }

      alone.nanos();
      for (int round = 0; round < rounds; round++) {
        for (int which = 0; which < 2; which++) {
          Duration before = cpu(scoring);
          rates[which][round] = throughput(urls[which], record);
          Duration spent = cpu(scoring).minus(before);
          micros[which][round] = spent.toNanos() / 1e3 / (rates[which][round] * seconds);
        }

        oneRow[round] = alone.nanos() / 1e3;
      }
    }

    double added = Trial.median(micros[1]) - Trial.median(micros[0]);
    return String.format(
        Locale.ROOT,
        "{\"name\": \"trees100-depth6\", \"rps\": %.0f, \"rpsWithReasons\": %.0f,"
            + " \"throughputRatio\": %.3f, \"cpuUs\": %.2f, \"cpuUsWithReasons\": %.2f,"
            + " \"addedCpuUs\": %.2f, \"oneRowUs\": %.2f, \"addedToOneRow\": %.2f}",
        Trial.median(rates[0]),
        Trial.median(rates[1]),
        Trial.median(rates[1]) / Trial.median(rates[0]),
        Trial.median(micros[0]),
        Trial.median(micros[1]),
        added,
        Trial.median(oneRow),
        added / Trial.median(oneRow));
  }

  /** Returns the CPU time that a server has used. */
  static Duration cpu(ServeRun scoring) {
    return scoring.process().toHandle().info().totalCpuDuration().orElseThrow();
  }

  /** The contributions of the record, computed alone in this JVM. */
  private static final class OneRow {
    private static final int CALLS = 20_000;
    private final Explainer explainer;
    private final float[] slots = new float[WIDTH];
    private final float[] contributions;

    private OneRow(Path sealed) throws Exception {
      ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
      JsonRecord.encode(model.schema(), record().getBytes(StandardCharsets.UTF_8), slots, 0);
      this.explainer = model.explainer(ContributionMode.FAST);
      this.contributions = new float[explainer.contributions()];
    }

    /** Returns the CPU time of a call. */
    private double nanos() {
      ThreadMXBean thread = ManagementFactory.getThreadMXBean();
      long begin = thread.getCurrentThreadCpuTime();
      for (int call = 0; call < CALLS; call++) {
        explainer.explain(slots, 1, contributions);
      }

      return (double) (thread.getCurrentThreadCpuTime() - begin) / CALLS;
    }
  }

  private String compare(int trees, String empty, String score, Path record) throws Exception {
    double[][] rates = new double[2][rounds];
    String[] urls = {empty, score};
    for (String url : urls) {
      throughput(url, record); // warms both
    }

    for (int round = 0; round < rounds; round++) {
      for (int which = 0; which < 2; which++) {
        rates[which][round] = throughput(urls[which], record);
      }
    }

    double half = Trial.median(rates[1]) / 2;
    double[][][] latencies = new double[2][2][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int which = 0; which < 2; which++) {
        H2Load load = H2Load.run(urls[which], record, CLIENTS, half, seconds);
        latencies[which][0][round] = load.quantile(0.5);
        latencies[which][1][round] = load.quantile(0.99);
      }
    }

    Reached bare =
        new Reached(
            Trial.median(rates[0]), Trial.median(latencies[0][0]), Trial.median(latencies[0][1]));
    Reached scored =
        new Reached(
            Trial.median(rates[1]), Trial.median(latencies[1][0]), Trial.median(latencies[1][1]));
    return String.format(
        Locale.ROOT,
        "{\"name\": \"trees%s-depth6\", \"empty\": %s, \"score\": %s, \"throughputRatio\": %.3f,"
            + " \"addedP99us\": %.0f}",
        trees,
        bare.json(),
        scored.json(),
        scored.rps() / bare.rps(),
        scored.p99us() - bare.p99us());
  }

  /** Returns requests per second with connections that wait for each answer. */
  private double throughput(String url, Path record) throws Exception {
    return Wrk.throughput(Wrk.posting(record), url, seconds);
  }

  /** Returns a record of the bench's model. */
  static String record() {
    StringBuilder record = new StringBuilder("{");
    IntStream.range(0, WIDTH)
        .forEach(
            feature ->
                record
                    .append(feature == 0 ? "" : ", ")
                    .append("\"f" + feature + "\": ")
                    .append((feature * 37 % 200 - 100) / 7.0));
    return record.append("}").toString();
  }
}
