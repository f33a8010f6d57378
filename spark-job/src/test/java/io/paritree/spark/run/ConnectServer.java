package io.paritree.spark.run;

import io.paritree.spark.sql.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server of Spark Connect that has the job's jar by {@code --jars}, in a process of its own, and
 * a thin client of it. Not thread-safe.
 */
final class ConnectServer implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("Spark Connect server started at: (127\\.0\\.0\\.1:[1-9][0-9]*)");

  private final Path directory;
  private final String clientClassPath;
  private final Path log;
  private final Process process;
  private final Thread endedWithThisJvm = new Thread(this::end);

  private ConnectServer(Path directory, String clientClassPath, Path log, Process process) {
    this.directory = directory;
    this.clientClassPath = clientClassPath;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a server, and returns when it listens on loopback.
   *
   * @param version of Spark
   * @param directory for its files
   * @param settings more settings of Spark, such as {@code spark.master}
   */
  static ConnectServer start(String version, Path directory, String... settings)
      throws IOException, InterruptedException {
    SparkHome home = SparkHome.withConnect(version);
    Path log = Files.createDirectories(directory).resolve("server.log");
    List<String> command = new ArrayList<>();
    command.add(home.program("spark-submit").toString());
    command.addAll(List.of("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"));
    command.addAll(List.of("--jars", JobProcess.jar().toString()));
    List<String> all =
        new ArrayList<>(
            List.of(
                "spark.connect.grpc.binding.address=127.0.0.1",
                "spark.connect.grpc.binding.port=0",
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                "spark.ui.enabled=false",
                "spark.sql.catalog.paritree=" + ModelCatalog.class.getName()));
    all.addAll(List.of(settings));
    command.addAll(SparkHome.settings(List.of("-XX:TieredStopAtLevel=1")));
    all.forEach(setting -> command.addAll(List.of("--conf", setting)));
    command.add("spark-internal");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", JobProcess.javaHome().toString());
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    ConnectServer server =
        new ConnectServer(directory, SparkHome.connectClient(version), log, process);
    Runtime.getRuntime().addShutdownHook(server.endedWithThisJvm);
    SparkCluster.await(
        "the server of Spark Connect, see " + log,
        () -> !process.isAlive() || !server.address().isEmpty());
    return server;
  }

  private String address() {
    return SparkCluster.found(log, STARTED);
  }

  /** Runs {@link ConnectProgram}, and returns the lines that it prints. */
  List<String> run(Object... arguments) throws IOException, InterruptedException {
    Path program = directory.resolve("program.jar");
    PackagedJob.write(
        program,
        Stream.of(ConnectProgram.class, ScoredRows.class)
            .map(type -> type.getName().replace('.', '/') + ".class")
            .toList());
    List<Object> all = new ArrayList<>(List.of("sc://" + address()));
    all.addAll(List.of(arguments));
    String classPath = program + System.getProperty("path.separator") + clientClassPath;
    ProcessBuilder builder =
        new ProcessBuilder(
            JobProcess.command(
                JobProcess.javaHome(),
                classPath,
                List.of(),
                ConnectProgram.class.getName(),
                all.toArray()));
    Path out = directory.resolve("client.out");
    Path err = directory.resolve("client.err");
    Process client = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (JobProcess.exitCode(client) != 0) {
      throw new IOException("The client failed: " + Files.readString(err));
    }

    return Files.readAllLines(out);
  }

  /** Returns what the server has logged. */
  String logged() throws IOException {
    return Files.readString(log);
  }

  private void end() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    end();
    process.onExit().join();
    Runtime.getRuntime().removeShutdownHook(endedWithThisJvm);
  }
}
