package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model whose callers' rows are counted against the same one without, in turn, in one server:
 * throughput by wrk with 32 connections, and CPU time for each request. Medians of the rounds.
 *
 * <p>Two servers would differ by more than the counting: without it, ratios of two processes of the
 * same program were 0.92 to 1.09.
 *
 * <p>Run: {@code scripts/bench http --drift [--rounds N] [--seconds N]}.
 */
final class CountedHttpBench {
  private static final int SEALED_ROWS = 5_000;
  private static final int WARMINGS = 3;
  private static final List<String> NAMES = List.of("plain", "counted");

  private final Path directory;
  private final int rounds;
  private final int seconds;

  CountedHttpBench(Path directory, int rounds, int seconds) {
    this.directory = directory;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  /** Returns the figures as JSON. */
  String run() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    Path plain = packages.wide(NAMES.get(0), HttpBench.WIDTH, 100, 6);
    Path counted = packages.withReference(SEALED_ROWS).wide(NAMES.get(1), HttpBench.WIDTH, 100, 6);
    Path record = Files.writeString(directory.resolve("record.json"), HttpBench.record());
    double[][] rates = new double[2][rounds];
    double[][] micros = new double[2][rounds];
    double[] ratios = new double[rounds];
    try (ServeRun server =
        new ServeRun(
            directory,
            Map.of("PARITREE_JAVA_OPTS", String.join(" ", HttpBench.HEAP)),
            "--model",
            plain.toString(),
            "--model",
            counted.toString())) {
      for (int warming = 0; warming < WARMINGS; warming++) {
        for (String name : NAMES) {
          throughput(server, name, record);
        }
      }

      for (int round = 0; round < rounds; round++) {
        for (int turn = 0; turn < 2; turn++) {
          int which = (round + turn) % 2;
          Duration before = HttpBench.cpu(server);
          rates[which][round] = throughput(server, NAMES.get(which), record);
          Duration spent = HttpBench.cpu(server).minus(before);
          micros[which][round] = spent.toNanos() / 1e3 / (rates[which][round] * seconds);
        }

        ratios[round] = rates[1][round] / rates[0][round];
      }
    }

    return String.format(
        Locale.ROOT,
        "{\"name\": \"trees100-depth6\", \"rps\": %.0f, \"rpsCounted\": %.0f,"
            + " \"throughputRatio\": %.3f, \"cpuUs\": %.2f, \"cpuUsCounted\": %.2f}",
        Trial.median(rates[0]),
        Trial.median(rates[1]),
        Trial.median(ratios),
        Trial.median(micros[0]),
        Trial.median(micros[1]));
  }

  private double throughput(ServeRun server, String name, Path record) throws Exception {
    String address = "http://127.0.0.1:%s/v1/models/%s/score".formatted(server.port(), name);
    return Wrk.throughput(Wrk.posting(record), address, seconds);
  }
}
