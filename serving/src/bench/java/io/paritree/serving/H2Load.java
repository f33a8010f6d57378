package io.paritree.serving;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Answer times of requests at a fixed rate, measured by h2load: a separate process, so that pauses
 * of this one do not count as the server's. It sends what is due every 10 ms, all at once.
 *
 * @param micros times to the answers in microseconds, ascending
 */
record H2Load(double[] micros) {
  private static final Pattern TOTALS =
      Pattern.compile("(?m)^requests: .* (\\d+) failed, (\\d+) errored, (\\d+) timeout$");

  /**
   * Sends POSTs of JSON, and waits for the end.
   *
   * @param rate requests per second of all connections together
   * @throws IOException if a request was not answered by 200
   */
  static H2Load run(String url, Path json, int connections, double rate, int seconds)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("h2load", ".log");
    Path output = Files.createTempFile("h2load", ".txt");
    try {
      List<String> command =
          List.of(
              "h2load",
              "--h1",
              "-t1",
              "-c" + connections,
              "--rps=" + Math.max(1, Math.round(rate / connections)),
              "-D" + seconds + "s",
              "--log-file=" + log,
              "-d",
              json.toString(),
              "-H",
              "content-type: application/json",
              url);
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start()
              .waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Matcher totals = TOTALS.matcher(text);
      if (code != 0
          || !totals.find()
          || !totals.group().endsWith(" 0 failed, 0 errored, 0 timeout")) {
        throw new IOException("Not every request was answered by 200:\n" + text);
      }

      return new H2Load(micros(log));
    } finally {
      Files.delete(log);
      Files.delete(output);
    }
  }

  private static double[] micros(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .map(line -> line.split("\t"))
          .mapToDouble(cells -> Double.parseDouble(cells[2]))
          .sorted()
          .toArray();
    }
  }

  /** Returns several runs as one. */
  static H2Load together(List<H2Load> runs) {
    return new H2Load(
        runs.stream().flatMapToDouble(run -> Arrays.stream(run.micros)).sorted().toArray());
  }

  /** Returns a quantile of the times, in microseconds. */
  double quantile(double quantile) {
    return micros[(int) Math.min(micros.length - 1L, (long) (micros.length * quantile))];
  }

  /** Ends the program, with a message that says what to install, if a tool is missing. */
  static void require(String... tools) {
    for (String tool : tools) {
      boolean installed =
          Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
      if (!installed) {
        System.err.println(
            "Cannot measure: %s is not installed; Debian has it in wrk, nghttp2-client, chromium, nodejs or npm"
                .formatted(tool));
        System.exit(1);
      }
    }
  }
}
