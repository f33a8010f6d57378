package io.paritree.serving;

import io.paritree.serving.AccessTable.Cell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Checks who may request what, as a complete table; and requests paths that climb out of the store,
 * while strace records every file that the server touches.
 */
@Command(
    name = "access",
    description = {
      "A table of endpoints x methods x tokens; paths that climb, under strace (must be installed)."
    })
final class AccessTrial extends Trial {
  private static final Pattern TOUCHED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @Option(
      names = "--rounds",
      description = "How often each climbing path is requested. Default: ${DEFAULT-VALUE}.")
  private int rounds = 3;

  private int cells;

  @Override
  String run() throws Exception {
    List<String> settings = new ArrayList<>(List.of("models.poll=1 s"));
    AccessTable.settings().forEach((key, hashes) -> settings.add(key + "=" + hashes));
    try (ServeRun server = serve(settings.toArray(String[]::new))) {
      check(AccessTable.callersPort(), server.port());
      check(AccessTable.managementPort(), server.managementPort());
      List<String> paths = ClimbingPaths.all();
      Path calls = directory().resolve("calls");
      int asked;
      try (Tracing tracing = new Tracing(server.process().pid(), calls)) {
        tracing.awaitCall("champion"); // the watch has read the alias: strace sees what is touched
        asked = climb(paths, server.port());
        tracing.awaitCall("champion");
      }

      Set<String> foreign = foreign(Files.readAllLines(calls, StandardCharsets.ISO_8859_1));
      claim(foreign.isEmpty(), "files outside the store were touched: %s", foreign);
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      return String.format(
          Locale.ROOT,
          "access: cells=%s paths=%s requests=%s touched-outside=%s",
          cells,
          paths.size(),
          asked,
          foreign.size());
    }
  }

  private void check(List<Cell> table, int port) throws IOException {
    for (Cell cell : table) {
      int status = RawHttp.status(RawHttp.exchange(port, cell.request()));
      claim(status == cell.status(), "%s: %s, expected %s", cell, status, cell.status());
      cells++;
    }
  }

  private int climb(List<String> paths, int port) throws IOException {
    int asked = 0;
    for (int round = 0; round < rounds; round++) {
      for (String path : paths) {
        for (String method : List.of("GET", "POST")) {
          Cell cell = new Cell(method, path, AccessTable.callersToken(), 0);
          int status = RawHttp.status(RawHttp.exchange(port, cell.request()));
          claim(status >= 400 && status < 500, "%s %s: status %s", method, path, status);
          asked++;
        }
      }
    }

    return asked;
  }

  /**
   * Returns the paths touched that belong neither to the store nor to the running program. To
   * resolve links in the store's path, the server reads the names of the directories above it.
   */
  private Set<String> foreign(List<String> calls) {
    List<String> own =
        List.of(
            directory().resolve("store").toString(),
            ROOT.resolve("serving/target/paritree-serving").toString(),
            System.getProperty("java.home"),
            "/proc/",
            "/sys/");
    Set<String> foreign = new TreeSet<>();
    for (String call : calls) {
      Matcher touched = TOUCHED.matcher(call);
      if (touched.find() && own.stream().noneMatch(touched.group(1)::startsWith)) {
        foreign.add(touched.group(1));
      }
    }

    for (Path above = directory(); above != null; above = above.getParent()) {
      foreign.remove(above.toString());
    }

    return foreign;
  }

  /** Records every system call of a process that takes a path. */
  private static final class Tracing implements AutoCloseable {
    private final Process strace;
    private final Path calls;

    Tracing(long pid, Path calls) throws IOException {
      this.calls = calls;
      try {
        strace =
            new ProcessBuilder(
                    "strace",
                    "-f",
                    "-qq",
                    "-s",
                    "4096",
                    "-e",
                    "trace=%file",
                    "-o",
                    calls.toString(),
                    "-p",
                    String.valueOf(pid))
                .inheritIO()
                .start();
      } catch (IOException e) {
        throw new IOException(
            "Cannot watch the server's files: strace is not installed; on Debian: apt-get install strace",
            e);
      }
    }

    /** Waits until another call with a text is seen. */
    void awaitCall(String text) throws IOException {
      long before = count(text);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (count(text) == before) {
        if (!strace.isAlive() || System.nanoTime() > end) {
          throw new IOException("Cannot watch the server's files: strace sees nothing");
        }

        pause(50);
      }
    }

    private long count(String text) throws IOException {
      if (!Files.exists(calls)) {
        return 0;
      }

      return Files.readAllLines(calls, StandardCharsets.ISO_8859_1).stream()
          .filter(call -> call.contains(text))
          .count();
    }

    @Override
    public void close() {
      strace.destroy();
      strace.onExit().join();
    }
  }
}
