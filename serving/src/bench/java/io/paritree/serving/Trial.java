package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * One way to harm a server that {@code scripts/serve} has started, and the claims that must hold
 * during it.
 */
abstract class Trial implements Callable<Integer> {
  /** The path for scoring with the model of most trials. */
  static final String SCORE = "/v1/models/" + TestPackages.BINARY + "/score";

  /** A record of that model. */
  static final String RECORD = TestPackages.records(1).get(0);

  private final List<String> failed = Collections.synchronizedList(new ArrayList<>());
  private Path directory;

  @Option(names = "--help", usageHelp = true, description = "Shows this help.")
  private boolean help;

  /**
   * Runs the trial.
   *
   * @return the totals, on one line
   */
  abstract String run() throws Exception;

  @Override
  public Integer call() throws Exception {
    directory = Files.createTempDirectory("paritree-faults");
    try {
      String totals = run();
      failed.forEach(claim -> System.out.println("FAILED: " + claim));
      double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
      System.out.printf(
          Locale.ROOT,
          "%s load-average=%.1f %s%n",
          totals,
          load,
          failed.isEmpty() ? "PASS" : "FAIL");
      return failed.isEmpty() ? 0 : 1;
    } finally {
      deleteAll(directory);
    }
  }

  /** Deletes a directory with all that is in it. */
  static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Records the claim as failed if it did not hold. */
  final void claim(boolean held, String claim, Object... figures) {
    if (!held) {
      failed.add(String.format(Locale.ROOT, claim, figures));
    }
  }

  /** Returns how many claims have failed. */
  final int failures() {
    return failed.size();
  }

  /** Returns an empty directory that is deleted at the end. */
  final Path directory() {
    return directory;
  }

  /** Starts a server of one model of 100 trees, with a heap of fixed size. */
  final ServeRun serve(String... settings) throws IOException {
    Path store = directory.resolve("store");
    if (!Files.exists(store)) {
      new TestPackages(store).binary(1, 100);
    }

    return serve(List.of(store.resolve(TestPackages.BINARY)), settings);
  }

  /** Starts a server of some models, with a heap of fixed size. */
  final ServeRun serve(List<Path> models, String... settings) throws IOException {
    return serve("", models, settings);
  }

  /**
   * The same, with a debugger's agent.
   *
   * @param agent an option of the JVM; empty for none
   */
  final ServeRun serve(String agent, List<Path> models, String... settings) throws IOException {
    List<String> arguments = new ArrayList<>();
    models.forEach(model -> arguments.addAll(List.of("--model", model.toString())));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }

    ServeRun run =
        new ServeRun(
            directory,
            Map.of("PARITREE_JAVA_OPTS", "-Xms256m -Xmx256m -XX:+AlwaysPreTouch " + agent),
            arguments.toArray(String[]::new));
    run.port();
    return run;
  }

  /** Returns the number of 200 answers per second over some connections; does not warm up. */
  static double peak(int port, int connections, int seconds) throws IOException {
    return closedLoop(port, connections).finishAfter(seconds).rate();
  }

  /** Returns a load in which each connection sends its next request as soon as it has an answer. */
  static Load closedLoop(int port, int connections) throws IOException {
    return load(port, connections, 0, (number, answer) -> "");
  }

  /** Returns a load of {@link #RECORD} at a rate. */
  static Load load(int port, int connections, double rate, Load.Judge judge) throws IOException {
    return new Load(port, connections, rate, Load.posts(SCORE, RECORD), judge);
  }

  /** Returns the lines of the server's log that are at ERROR or of a stack trace. */
  static List<String> errors(ServeRun run) throws IOException {
    return run.output()
        .lines()
        .filter(line -> line.matches("\\S+ ERROR .*|\\tat .*|Exception in .*"))
        .toList();
  }

  /** Returns the lines of the server's log at WARN; callers must not be able to cause any. */
  static List<String> warnings(ServeRun run) throws IOException {
    return run.output().lines().filter(line -> line.matches("\\S+ WARN .*")).toList();
  }

  static void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
