package io.paritree.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One start of {@code scripts/serve}, on free ports unless others are given. */
final class ServeRun implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  static final Path SCRIPT = ROOT.resolve("scripts/serve");
  static final Pattern READY =
      Pattern.compile("Ready: http://127.0.0.1:([0-9]+)/.*http://127.0.0.1:([0-9]+)/metrics");

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Process process;
  private final Path log;
  private int managementPort;

  /**
   * @param directory receives the log
   * @param environment added to this process's own
   */
  ServeRun(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    this(SCRIPT, directory, environment, arguments);
  }

  /**
   * @param script a copy of {@code scripts/serve}, or one that runs it
   */
  ServeRun(Path script, Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    List<String> given = List.of(arguments);
    command.addAll(given);
    if (!given.contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }

    if (given.stream().noneMatch(argument -> argument.startsWith("management.port"))) {
      command.addAll(List.of("--set", "management.port=0"));
    }

    log = Files.createTempFile(directory, "serve", ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PARITREE_BUILT", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    // Only the server's own log; the request lines on its output are many and not needed here.
    process =
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(log.toFile()).start();
  }

  Process process() {
    return process;
  }

  /** Returns the port, once the server is ready. */
  int port() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end && process.isAlive()) {
      Matcher ready = READY.matcher(output());
      if (ready.find()) {
        managementPort = Integer.parseInt(ready.group(2));
        return Integer.parseInt(ready.group(1));
      }

      LockSupport.parkNanos(LOOK_NANOS); // its start needs the cores
    }

    throw new AssertionError("Not ready: " + output());
  }

  /** Waits until the standard error has a text. */
  void awaitOutput(String text) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!output().contains(text)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("No '%s': %s".formatted(text, output()));
      }

      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Returns the management port of a server that is ready. */
  int managementPort() {
    return managementPort;
  }

  /** Waits until a number of rows is scored. */
  void awaitRows(int count) throws IOException {
    Pattern scored = Pattern.compile("paritree_rows_total\\{.*result=\"scored\"\\} ([0-9.E]+)");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    try (Client management = new Client(managementPort)) {
      while (System.nanoTime() < end) {
        Matcher found = scored.matcher(management.get("/metrics").body());
        if (found.find() && Double.parseDouble(found.group(1)) >= count) {
          return;
        }

        LockSupport.parkNanos(LOOK_NANOS);
      }
    }

    throw new AssertionError("Too few requests: " + output());
  }

  /** Returns the process's standard error. */
  String output() throws IOException {
    return Files.readString(log);
  }

  /** Returns the process's resident memory in bytes. */
  long residentBytes() throws IOException {
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    Matcher resident = Pattern.compile("VmRSS:\\s+([0-9]+) kB").matcher(status);
    return resident.find() ? Long.parseLong(resident.group(1)) * 1_024 : 0;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
