package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.model.command.ReplayMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A server writes the prediction log of many rows, and {@code parity replay}, as the whole command
 * in this JVM, scores them again. Then one digit of one line is changed, which a second replay must
 * find.
 *
 * <p>Run: {@code scripts/bench replay [--rows N] [--records]}. The rows are random numbers with
 * missing ones among them, sent in batches of 1,000 lines.
 */
final class ReplayBench {
  private static final int WIDTH = 28;
  private static final int TREES = 100;
  private static final int BATCH = 1_000;
  private static final double MISSING = 0.05;
  private static final long SEED = 20_261_129;

  private final Path directory = Files.createTempDirectory("paritree-replay");
  private final Path logs = Files.createDirectory(directory.resolve("logs"));
  private final Path model = new TestPackages(directory.resolve("store")).wide(WIDTH, TREES, 6);
  private final Random random = new Random(SEED);
  private final int rows;
  private final boolean hasRecords;

  private ReplayBench(int rows, boolean hasRecords) throws IOException {
    this.rows = rows;
    this.hasRecords = hasRecords;
  }

  public static void main(String[] arguments) throws Exception {
    int rows = 1_000_000;
    boolean records = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Integer.parseInt(given.next());
        case "--records" -> records = true;
        default -> {
          System.err.println("Usage: bench replay [--rows N] [--records]");
          System.exit(2);
        }
      }
    }

    ReplayBench bench = new ReplayBench(rows, records);
    try {
      bench.run();
    } finally {
      bench.delete();
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void run() throws Exception {
    write();
    long bytes = 0;
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }

    double before = cpuSeconds();
    long start = System.nanoTime();
    String text = replay(0);
    double seconds = (System.nanoTime() - start) / 1e9;
    double ofReplay = cpuSeconds() - before;
    require(text.contains("Replay of %s lines".formatted(rows)), text);
    change();
    require(replay(7).contains(" is logged, "), "a changed line was not found");
    System.out.printf(
        Locale.ROOT,
        "replay of %d lines (%.0f MB, records %s) on %d cores: %.1f s, CPU %.1f s; 0 differ, and a changed one is found%n",
        rows,
        bytes / 1e6,
        hasRecords ? "on" : "off",
        Runtime.getRuntime().availableProcessors(),
        seconds,
        ofReplay);
  }

  private void write() throws Exception {
    String[] arguments =
        Stream.of(
                List.of("--model", model.toString()),
                set("prediction-log.file", "\"" + logs.resolve("predictions.jsonl") + "\""),
                set("prediction-log.total-size", "100 GiB"),
                set("prediction-log.queue", "256 MiB"),
                set("prediction-log.records", String.valueOf(hasRecords)),
                set("log.requests", "off"))
            .flatMap(List::stream)
            .toArray(String[]::new);
    try (ServeRun server = new ServeRun(directory, Map.of(), arguments);
        Client client = new Client(server.port())) {
      for (int sent = 0; sent < rows; sent += BATCH) {
        byte[] body = batch(Math.min(BATCH, rows - sent)).getBytes(StandardCharsets.UTF_8);
        String type = "Content-Type: application/x-ndjson\r\n";
        Client.Answer answer = client.send("POST", "/v1/models/wide/score-batch", body, type);
        require(answer.status() == 200, answer.body());
      }

      server.awaitRows(rows);
      try (Client operator = new Client(server.managementPort())) {
        String metrics = operator.get("/metrics").body();
        require(metrics.contains("paritree_prediction_lines_dropped_total 0.0"), metrics);
      }

      server.process().destroy();
      server.process().waitFor();
    }
  }

  private static List<String> set(String key, String value) {
    return List.of("--set", key + "=" + value);
  }

  private String batch(int count) {
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < count; row++) {
      char separator = '{';
      for (int slot = 0; slot < WIDTH; slot++) {
        if (random.nextDouble() >= MISSING) {
          lines.append(separator).append("\"f").append(slot).append("\":");
          lines.append(random.nextGaussian());
          separator = ',';
        }
      }

      lines.append(separator == '{' ? "{}\n" : "}\n");
    }

    return lines.toString();
  }

  /** Changes the last digit of a score in the middle of a file. */
  private void change() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(logs)) {
      file = files.sorted().findFirst().orElseThrow();
    }

    byte[] key = ",\"margin".getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] part = new byte[1 << 16];
      long at = log.length() / 2;
      log.seek(at);
      log.readFully(part, 0, (int) Math.min(part.length, log.length() - at));
      int end = 0;
      while (!Arrays.equals(part, end, end + key.length, key, 0, key.length)) {
        end++;
      }

      log.seek(at + end - 1);
      log.write(part[end - 1] == '1' ? '2' : '1');
    }
  }

  private String replay(int exitCode) {
    StringWriter text = new StringWriter();
    PrintWriter both = new PrintWriter(text);
    String store = directory.resolve("store").toString();
    int ended =
        ReplayMain.run(
            both, both, "replay", "--log", logs.toString(), "--store", store, "--strict");
    require(ended == exitCode, "it ended with %s: %s".formatted(ended, text));
    return text.toString();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Returns the CPU time of this process so far; other programs do not change it much. */
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }
}
