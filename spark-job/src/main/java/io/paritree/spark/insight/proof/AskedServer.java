package io.paritree.spark.insight.proof;

import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server that is asked: one that the query names, or one that this starts on a free port of
 * this machine. Closing it ends one that was started.
 *
 * @param url of the server; empty without one
 * @param problem why there is none; empty if there is one, or none is needed
 * @param log what one that was started writes; empty without one
 */
record AskedServer(
    String url, String problem, List<Process> started, List<Thread> ending, Optional<Path> log)
    implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("Ready: (http://[^/]+)/");
  private static final Pattern STORE = Pattern.compile("[A-Za-z0-9+.-]+://.*");

  /** How often it looks for what is published; each time reads a small directory. */
  private static final String POLL = "scores.poll=500 ms";

  /** Where it keeps indexes that it fetches from a store. */
  private static final String INDEXES = "scores.index-directory=\"%s\"";

  private static final String NONE =
      "this installation has no scripts/serve to start: give a server that serves the model as"
          + " --server";

  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(3);
  private static final long LOOK_MILLIS = 50;
  private static final long END_SECONDS = 30;
  private static final int MOST_SAID = 500; // characters

  private AskedServer(String url, String problem) {
    this(url, problem, List.of(), List.of(), Optional.empty());
  }

  /**
   * Returns the server that is named, or starts one if there are ways that need it.
   *
   * @param model where the model is
   * @param published where scores are published that it answers, if it is started; empty for none
   * @param directory of this process, which receives what a server that is started writes
   */
  static AskedServer of(
      ProveQuery query, String model, Optional<Location> published, Path directory)
      throws IOException, InterruptedException {
    ProveQuery.Server named = query.server();
    if (!named.url().isEmpty() || !FoundWays.areOfServer(query)) {
      return new AskedServer(named.url(), "");
    } else if (named.program().isEmpty()) {
      return new AskedServer("", NONE);
    }

    Path log = directory.resolve("server.log");
    List<String> command = new ArrayList<>(List.of(named.program(), "--model", model));
    command.addAll(List.of("--port", "0", "--set", "management.port=0"));
    command.addAll(List.of("--set", "log.requests=off"));
    List<String> places = new ArrayList<>(List.of(model));
    if (published.isPresent() && FoundWays.isAsked(query, LookupWay.NAME)) {
      String output = published.get().toString();
      places.add(output);
      command.addAll(List.of("--scores", LookupWay.NAME + "=" + output, "--set", POLL));
      command.addAll(List.of("--set", INDEXES.formatted(directory.resolve("indexes"))));
    }

    if (places.stream().anyMatch(place -> STORE.matcher(place).matches())) {
      command.add("--with-hadoop");
    }

    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("PARITREE_JAVA_OPTS"); // which are those of this process
    Process process =
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(log.toFile()).start();
    Thread ending = new Thread(process::destroy, "server-end");
    Runtime.getRuntime().addShutdownHook(ending);
    AskedServer server =
        new AskedServer("", "", List.of(process), List.of(ending), Optional.of(log));
    String url = server.ready(log);
    if (url.isEmpty()) {
      String said = Files.readString(log).strip();
      server.close();
      return new AskedServer(
          "",
          "%s has not started a server: %s"
              .formatted(named.program(), said.substring(Math.max(0, said.length() - MOST_SAID))));
    }

    return new AskedServer(url, "", server.started, server.ending, server.log);
  }

  /** Keeps the log of a server that was started, which says why requests failed, and names it. */
  void keepLog(PrintStream err) {
    for (Path written : log.stream().toList()) {
      try {
        Path kept = Files.createTempFile("paritree-server-", ".log");
        Files.copy(written, kept, StandardCopyOption.REPLACE_EXISTING);
        err.println("The log of the server that was started is kept: " + kept);
      } catch (IOException e) { // the results are there all the same
        err.println("Cannot keep the log of the server that was started: " + e);
      }
    }
  }

  /** Waits until the server that was started is ready; returns its URL, or empty text. */
  private String ready(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    boolean isAlive = true;
    while (isAlive && System.nanoTime() < end) {
      isAlive = !started.get(0).waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      Matcher ready = READY.matcher(Files.readString(log));
      if (isAlive && ready.find()) {
        return ready.group(1);
      }
    }

    return "";
  }

  @Override
  public void close() {
    for (Process process : started) {
      process.destroy();
      try {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }

    try {
      ending.forEach(Runtime.getRuntime()::removeShutdownHook);
    } catch (IllegalStateException e) {
      // this process ends, too
    }
  }
}
