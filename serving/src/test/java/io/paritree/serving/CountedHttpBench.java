package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The scoring endpoint that counts what callers' rows are like against one that does not, in turn:
 * throughput by wrk with 32 connections, and CPU time for each request. Medians of the medians of
 * three pairs of processes, since two of the same program differ by more than the counting.
 *
 * <p>Run: {@code scripts/bench http --drift [--rounds N] [--seconds N]}.
 */
final class CountedHttpBench {
  private static final int SEALED_ROWS = 5_000;
  private static final List<String> MODES = List.of("off", "on");
  private static final int PAIRS = 3;
  private static final int WARMINGS = 3;

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
    Path sealed =
        new TestPackages(directory.resolve("counted"))
            .withReference(SEALED_ROWS)
            .wide(HttpBench.WIDTH, 100, 6);
    Path record = Files.writeString(directory.resolve("record.json"), HttpBench.record());
    double[][] rates = new double[2][PAIRS];
    double[][] micros = new double[2][PAIRS];
    double[] ratios = new double[PAIRS];
    for (int pair = 0; pair < PAIRS; pair++) {
      measure(pair, sealed, record, rates, micros);
      ratios[pair] = rates[1][pair] / rates[0][pair];
    }

    return String.format(
        Locale.ROOT,
        "{\"name\": \"trees100-depth6\", \"rpsOff\": %.0f, \"rpsOn\": %.0f,"
            + " \"throughputRatio\": %.3f, \"lowest\": %.3f, \"highest\": %.3f,"
            + " \"cpuUsOff\": %.2f, \"cpuUsOn\": %.2f}",
        Trial.median(rates[0]),
        Trial.median(rates[1]),
        Trial.median(ratios),
        DoubleStream.of(ratios).min().orElseThrow(),
        DoubleStream.of(ratios).max().orElseThrow(),
        Trial.median(micros[0]),
        Trial.median(micros[1]));
  }

  private void measure(
      int pair, Path sealed, Path record, double[][] ratesOfPairs, double[][] microsOfPairs)
      throws Exception {
    double[][] rates = new double[2][rounds];
    double[][] micros = new double[2][rounds];
    try (ServeRun off = serve(MODES.get(0), sealed);
        ServeRun on = serve(MODES.get(1), sealed)) {
      List<ServeRun> servers = List.of(off, on);
      for (int warming = 0; warming < WARMINGS; warming++) {
        for (ServeRun server : servers) {
          throughput(server, record);
        }
      }

      for (int round = 0; round < rounds; round++) {
        for (int turn = 0; turn < 2; turn++) {
          int which = (pair + round + turn) % 2;
          ServeRun server = servers.get(which);
          Duration before = HttpBench.cpu(server);
          rates[which][round] = throughput(server, record);
          Duration spent = HttpBench.cpu(server).minus(before);
          micros[which][round] = spent.toNanos() / 1e3 / (rates[which][round] * seconds);
        }
      }
    }

    for (int which = 0; which < 2; which++) {
      ratesOfPairs[which][pair] = Trial.median(rates[which]);
      microsOfPairs[which][pair] = Trial.median(micros[which]);
    }
  }

  private ServeRun serve(String mode, Path sealed) throws Exception {
    return new ServeRun(
        Files.createDirectories(directory.resolve("drift-" + mode)),
        Map.of("PARITREE_JAVA_OPTS", String.join(" ", HttpBench.HEAP)),
        "--model",
        sealed.toString(),
        "--set",
        "profile.mode=" + mode);
  }

  private double throughput(ServeRun server, Path record) throws Exception {
    String address = "http://127.0.0.1:%s/v1/models/wide/score".formatted(server.port());
    return Wrk.throughput(Wrk.posting(record), address, seconds);
  }
}
