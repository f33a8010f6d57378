package io.paritree.spark.run;

import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone Spark cluster of one master and two workers, each in its own JVM on loopback.
 *
 * <p>All ports are chosen among the free ones. The processes end with {@link #close}, or with this
 * JVM. Not thread-safe.
 */
final class SparkCluster implements ExecutorDeathTrial.Cluster {
  private static final Pattern MASTER_STARTED =
      Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:[1-9][0-9]*)");
  private static final Pattern STOPPED = Pattern.compile("State:\\s+(T)");
  private static final String DRIVER_HOST = "127.0.0.1";
  private static final int WORKERS = 2;
  private static final long MAX_WAIT_SECONDS = 600;

  /** To list the machine's processes takes long, and what is awaited needs the cores. */
  private static final int PAUSE_PER_LOOK = 4;

  private final SparkHome home;
  private final Path javaHome;
  private final Path directory;
  private final List<String> javaOptions;
  private final List<Process> processes = new ArrayList<>();
  private final List<Process> workers = new ArrayList<>();
  private final Thread endedWithThisJvm = new Thread(this::endProcesses);
  private String master;

  private SparkCluster(
      SparkHome home, Path javaHome, Path directory, List<String> moreJavaOptions) {
    this.home = home;
    this.javaHome = javaHome;
    this.directory = directory;
    this.javaOptions = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    this.javaOptions.addAll(moreJavaOptions);
  }

  /**
   * Starts a cluster of the build's Spark, and returns when both workers are registered.
   *
   * @param directory where logs and the workers' files go
   */
  static SparkCluster start(Path directory) throws IOException, InterruptedException {
    SparkHome home = SparkHome.ofTheBuild();
    return start(home, JobProcess.javaHome(), directory, List.of(home.archived()));
  }

  /**
   * Starts a cluster, and returns when both workers are registered.
   *
   * @param javaHome the Java that runs it
   * @param directory where logs and the workers' files go
   */
  static SparkCluster start(SparkHome home, Path javaHome, Path directory) throws IOException {
    return start(home, javaHome, directory, List.of());
  }

  private static SparkCluster start(
      SparkHome home, Path javaHome, Path directory, List<String> javaOptions) throws IOException {
    SparkCluster cluster =
        new SparkCluster(home, javaHome, Files.createDirectories(directory), javaOptions);
    Runtime.getRuntime().addShutdownHook(cluster.endedWithThisJvm);
    try {
      cluster.startAll();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startAll() throws IOException {
    Path masterLog = directory.resolve("master.log");
    launch(
        masterLog,
        DRIVER_HOST,
        "-Dspark.master.rest.enabled=false",
        "org.apache.spark.deploy.master.Master",
        "--host",
        DRIVER_HOST,
        "--port",
        "0",
        "--webui-port",
        "0");
    await("the master to start", () -> !found(masterLog, MASTER_STARTED).isEmpty());
    master = found(masterLog, MASTER_STARTED);

    for (int number = 1; number <= WORKERS; number++) {
      workers.add(
          launch(
              directory.resolve("worker-%s.log".formatted(number)),
              host(number),
              "-Dspark.worker.cleanup.enabled=false",
              "org.apache.spark.deploy.worker.Worker",
              "--host",
              host(number),
              "--port",
              "0",
              "--webui-port",
              "0",
              "--cores",
              "1",
              "--memory",
              "1g",
              "--work-dir",
              directory.resolve("work-%s".formatted(number)).toString(),
              master));
    }

    Pattern registered = Pattern.compile("(Successfully registered with master)");
    for (int number = 1; number <= WORKERS; number++) {
      Path log = directory.resolve("worker-%s.log".formatted(number));
      await("a worker to register", () -> !found(log, registered).isEmpty());
    }
  }

  /** Returns a worker's own address: Spark runs the copies of a task on different hosts. */
  private static String host(int worker) {
    return "127.0.0." + worker;
  }

  private Process launch(Path log, String host, String option, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.program("spark-class").toString());
    command.add(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_DAEMON_MEMORY", "256m");
    builder
        .environment()
        .put("SPARK_DAEMON_JAVA_OPTS", String.join(" ", javaOptions) + " " + option);
    return begin(builder, host, log);
  }

  private Process begin(ProcessBuilder builder, String host, Path log) throws IOException {
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", host);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("SPARK_SUBMIT_OPTS", String.join(" ", javaOptions));
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    return process;
  }

  /**
   * Submits the job in client mode, with {@code scripts/score}.
   *
   * @param log receives what the driver prints
   * @param options of {@code spark-submit}, none with a space
   * @param arguments the job's arguments
   */
  @Override
  public Process score(Path log, List<String> options, Object... arguments) throws IOException {
    ProcessBuilder builder = home.score(javaHome, client(options), List.of(arguments));
    return begin(builder, DRIVER_HOST, log);
  }

  /**
   * Submits another program in client mode, with the job's jar as a user adds it.
   *
   * @param settings of Spark, such as {@code spark.speculation=true}
   * @param jar of the program
   */
  Process submit(
      Path log, List<String> settings, Path jar, Class<?> program, List<String> arguments)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("--jars", JobProcess.jar().toString()));
    settings.forEach(setting -> options.addAll(List.of("--conf", setting)));
    List<String> command = new ArrayList<>(List.of(home.program("spark-submit").toString()));
    command.addAll(client(options));
    command.addAll(List.of("--class", program.getName(), jar.toString()));
    command.addAll(arguments);
    return begin(new ProcessBuilder(command), DRIVER_HOST, log);
  }

  /** Returns the options of {@code spark-submit}. */
  private List<String> client(List<String> more) {
    List<String> submit = new ArrayList<>(List.of("--master", master, "--deploy-mode", "client"));
    submit.addAll(List.of("--driver-memory", "512m", "--executor-memory", "512m"));
    submit.addAll(List.of("--conf", "spark.ui.enabled=false"));
    submit.addAll(SparkHome.settings(javaOptions));
    submit.addAll(more);
    return submit;
  }

  /**
   * Waits until an executor has an output file of a task open, and stops it there by a signal.
   *
   * @param job the submitted job
   * @param staging the directory below which its tasks write
   */
  ProcessHandle stopWhileWriting(Process job, Path staging) throws IOException {
    AtomicReference<ProcessHandle> stopped = new AtomicReference<>();
    await(
        "an executor to write below " + staging,
        () -> {
          Optional<ProcessHandle> writing =
              executors().stream().filter(executor -> isWriting(executor, staging)).findFirst();
          if (writing.isPresent()) {
            signal(writing.get(), "STOP");
            if (isWriting(writing.get(), staging)) {
              stopped.set(writing.get());
            } else {
              signal(writing.get(), "CONT");
            }
          }

          return stopped.get() != null || !job.isAlive();
        },
        0); // a file is written soon
    if (stopped.get() == null) {
      throw new IOException(
          "The job ended with exit code %s before it wrote a file".formatted(job.exitValue()));
    }

    return stopped.get();
  }

  /** Lets a stopped executor continue. */
  void letGo(ProcessHandle executor) {
    signal(executor, "CONT");
  }

  @Override
  public List<ProcessHandle> executors() {
    return workers.stream().flatMap(worker -> worker.toHandle().children()).toList();
  }

  @Override
  public Location files() {
    return Location.of(directory.resolve("files"));
  }

  /** Returns whether a process has a Parquet file below a directory open. */
  private static boolean isWriting(ProcessHandle process, Path directory) {
    Path opened = Path.of("/proc", String.valueOf(process.pid()), "fd");
    try (Stream<Path> files = Files.list(opened)) {
      return files.anyMatch(file -> isParquetBelow(file, directory));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static boolean isParquetBelow(Path link, Path directory) {
    try {
      Path file = Files.readSymbolicLink(link);
      return file.startsWith(directory) && Parquets.isParquet(file);
    } catch (IOException e) {
      return false;
    }
  }

  private static void signal(ProcessHandle process, String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
      kill.onExit().join();
      if (name.equals("STOP")) {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        await("a process to stop", () -> !found(status, STOPPED).isEmpty());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a condition. */
  static void await(String what, BooleanSupplier condition) throws IOException {
    await(what, condition, PAUSE_PER_LOOK);
  }

  /**
   * @param pausePerLook how long is waited after a look, as a multiple of the time that it took
   */
  private static void await(String what, BooleanSupplier condition, int pausePerLook)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_WAIT_SECONDS);
    long look = System.nanoTime();
    while (!condition.getAsBoolean()) {
      long now = System.nanoTime();
      if (now > end) {
        throw new IOException(
            "Waited %s s without success for %s".formatted(MAX_WAIT_SECONDS, what));
      }

      LockSupport.parkNanos(Math.max(2_000_000, pausePerLook * (now - look)));
      look = System.nanoTime();
    }
  }

  /** Returns the first group of the first match in a log; empty if there is none. */
  static String found(Path log, Pattern pattern) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(log, StandardCharsets.UTF_8));
      return matcher.find() ? matcher.group(1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private void endProcesses() {
    for (Process process : processes) {
      // Executors are children of the workers, and would outlive them.
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void close() {
    endProcesses();
    for (Process process : processes) {
      process.onExit().join();
    }

    try {
      Runtime.getRuntime().removeShutdownHook(endedWithThisJvm);
    } catch (IllegalStateException e) {
      // This JVM is ending already.
    }
  }
}
