package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The scoring endpoint against an empty Javalin endpoint, in turn, with wrk and h2load.
 *
 * <p>Run: {@code scripts/bench http [--rounds N] [--seconds N] [--start] [--json]}. Throughput by
 * wrk with 32 connections; latency by h2load at half of the scoring endpoint's peak, offered to
 * both. Medians of the rounds. Then, or with {@code --start} alone, the times of {@link
 * StartBench}.
 */
final class HttpBench {
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");
  private static final int WIDTH = 28;
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
    boolean speed = true;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--seconds" -> seconds = Integer.parseInt(given.next());
        case "--json" -> json = true;
        case "--start" -> speed = false;
        default -> {
          System.err.println("Usage: bench http [--rounds N] [--seconds N] [--start] [--json]");
          System.exit(2);
        }
      }
    }

    HttpBench bench = new HttpBench(rounds, seconds);
    List<String> parts = new ArrayList<>();
    if (speed) {
      H2Load.require("wrk", "h2load");
      parts.add("\"models\": [%s, %s]".formatted(bench.model(100), bench.model(1_000)));
    }

    parts.add("\"start\": " + new StartBench(bench.directory, WIDTH).run());
    String result = "{" + String.join(", ", parts) + "}";
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
    Path script =
        Files.writeString(
            directory.resolve("post.lua"),
            """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            local file = io.open("%s", "r")
            wrk.body = file:read("*a")
            """
                .formatted(record));
    String told = run("wrk", "-t1", "-c32", "-d" + seconds + "s", "-s", script.toString(), url);
    if (told.contains("Non-2xx") || told.contains("Socket errors")) {
      throw new IllegalStateException("Not every request was answered by 200:\n" + told);
    }

    Matcher rate = Pattern.compile("Requests/sec:\\s+([0-9.]+)").matcher(told);
    if (!rate.find()) {
      throw new IllegalStateException("Cannot read what wrk told:\n" + told);
    }

    return Double.parseDouble(rate.group(1));
  }

  private static String record() {
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

  private String run(String... command) throws Exception {
    Path told = directory.resolve("told.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
    int code = process.waitFor();
    String text = Files.readString(told, StandardCharsets.UTF_8);
    if (code != 0) {
      throw new IllegalStateException("%s ended with %s:\n%s".formatted(command[0], code, text));
    }

    return text;
  }
}
