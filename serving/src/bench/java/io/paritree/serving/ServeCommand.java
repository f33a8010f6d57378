package io.paritree.serving;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command that {@code scripts/serve} executes in the end, so that a start has nothing of the
 * script.
 */
final class ServeCommand {
  private final List<String> command;

  private ServeCommand(List<String> command) {
    this.command = command;
  }

  /**
   * Lets the script make its archive of classes.
   *
   * @param directory receives the log
   * @param archives the directory of the archive
   */
  static ServeCommand of(Path directory, Path archives, Path model) throws Exception {
    String port = String.valueOf(EmptyRun.freePort());
    Map<String, String> environment = Map.of("PARITREE_ARCHIVES", archives.toString());
    String[] arguments = {"--model", model.toString(), "--port", port};
    try (ServeRun serving = new ServeRun(directory, environment, arguments)) {
      serving.port();
      ProcessHandle.Info script = serving.process().info();
      List<String> command = new ArrayList<>(List.of(script.command().orElseThrow()));
      command.addAll(List.of(script.arguments().orElseThrow()));
      return new ServeCommand(command);
    }
  }

  ServeCommand withoutArchive() {
    return new ServeCommand(
        command.stream()
            .filter(option -> !option.matches("-XX:(SharedArchiveFile|AOTCache)=.*"))
            .toList());
  }

  /** Returns the same with a setting. */
  ServeCommand with(String setting) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--set", setting));
    return new ServeCommand(all);
  }

  /**
   * Starts a server on a free port, and waits until it is ready.
   *
   * @param directory receives the log
   */
  Started start(Path directory) throws Exception {
    int port = EmptyRun.freePort();
    List<String> own = new ArrayList<>(command);
    own.set(own.indexOf("--port") + 1, String.valueOf(port));
    Process process =
        new ProcessBuilder(own)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("start.log").toFile())
            .start();
    Started started = new Started(process, port);
    try {
      EmptyRun.await(port, "/health/ready");
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  /** A server that is ready. */
  record Started(Process process, int port) implements AutoCloseable {
    /** Returns the CPU time that it has taken so far. */
    double cpuMillis() {
      return process.info().totalCpuDuration().orElseThrow().toNanos()
          / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
