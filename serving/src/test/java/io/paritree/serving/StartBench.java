package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * From the JVM's start to the first answer: the empty server's to any request, the scoring server's
 * to {@code /health/ready}, its model verified and warm. In turn, each with an archive of its
 * classes that a run with requests has made.
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
    startServing(store); // the first of all makes the archive
    for (int start = 0; start < STARTS; start++) {
      long begin = System.nanoTime();
      try (EmptyRun empty = new EmptyRun(directory, ANSWER_BYTES, flags)) {
        empty.await();
        bare[start] = (System.nanoTime() - begin) / 1e6;
      }

      ready[start] = startServing(store);
    }

    return String.format(
        Locale.ROOT,
        "{\"bareMs\": %.0f, \"readyMs\": %.0f}",
        Trial.median(bare),
        Trial.median(ready));
  }

  private double startServing(String store) throws Exception {
    int port = EmptyRun.freePort();
    long begin = System.nanoTime();
    try (ServeRun serving =
        new ServeRun(directory, Map.of(), "--model", store, "--port", String.valueOf(port))) {
      EmptyRun.await(port, "/health/ready");
      double millis = (System.nanoTime() - begin) / 1e6;
      serving.process().destroy();
      serving.process().waitFor();
      return millis;
    }
  }
}
