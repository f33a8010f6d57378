package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The time from the JVM's start to the first answer: the empty server's to any request, the scoring
 * server's to {@code /health/ready}, with its model verified and warm. Measured in turn, each with
 * an archive of its classes that was made by a run with requests. The command of the scoring server
 * is the one that {@code scripts/serve} executes at its first start.
 */
final class StartBench {
  private static final int STARTS = 7;
  private static final int ANSWER_BYTES = 80;

  private final Path directory;
  private final int width;

  /**
   * @param width features of the model of 100 trees
   */
  StartBench(Path directory, int width) {
    this.directory = directory;
    this.width = width;
  }

  /** Returns both medians in milliseconds, as JSON. */
  String run() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("start"));
    String store = packages.wide(width, 100, 6).getParent().toString();
    List<String> flags = List.of(EmptyRun.archive(directory, ANSWER_BYTES));
    double[] bare = new double[STARTS];
    double[] ready = new double[STARTS];
    List<String> command = command(store);
    for (int start = 0; start < STARTS; start++) {
      long begin = System.nanoTime();
      try (EmptyRun empty = new EmptyRun(directory, ANSWER_BYTES, flags)) {
        empty.await();
        bare[start] = (System.nanoTime() - begin) / 1e6;
      }

      ready[start] = startServing(command);
    }

    return String.format(
        Locale.ROOT,
        "{\"bareMs\": %.0f, \"readyMs\": %.0f}",
        Trial.median(bare),
        Trial.median(ready));
  }

  /** Lets the script make its archive, and returns the command that it executes at the end. */
  private List<String> command(String store) throws Exception {
    String port = String.valueOf(EmptyRun.freePort());
    try (ServeRun serving = new ServeRun(directory, Map.of(), "--model", store, "--port", port)) {
      serving.port();
      ProcessHandle.Info script = serving.process().info();
      List<String> command = new ArrayList<>(List.of(script.command().orElseThrow()));
      command.addAll(List.of(script.arguments().orElseThrow()));
      return command;
    }
  }

  private double startServing(List<String> command) throws Exception {
    int port = EmptyRun.freePort();
    List<String> own = new ArrayList<>(command);
    own.set(own.indexOf("--port") + 1, String.valueOf(port));
    ProcessBuilder builder = new ProcessBuilder(own).redirectErrorStream(true);
    builder.redirectOutput(directory.resolve("start.log").toFile());
    long begin = System.nanoTime();
    Process serving = builder.start();
    try {
      EmptyRun.await(port, "/health/ready");
      return (System.nanoTime() - begin) / 1e6;
    } finally {
      serving.destroy();
      serving.waitFor();
    }
  }
}
