package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long the programs take to start, with an archive of their classes and without, in turn, and
 * beside them a bare session of Spark and a bare Javalin.
 *
 * <p>Run: {@code scripts/bench start [--rounds N] [--json]}. The commands run as users run them,
 * until they end; the servers from the JVM's start until {@code /health/ready} answers with 200,
 * with the model verified and warm, and until the bare one answers. First of all, how long the runs
 * take that make the archives.
 */
final class StartBench {
  private static final int WIDTH = 28;
  private static final int ROWS = 1_000;
  private static final int ANSWER_BYTES = 80;
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path JOB = ROOT.resolve("spark-job/target");

  private final Path directory = Files.createTempDirectory("paritree-start");
  private final Path archives = Files.createDirectory(directory.resolve("archives"));
  private final Path model = new TestPackages(directory.resolve("store")).wide(WIDTH, 100, 6);
  private final Path rows = csv();
  private final int rounds;
  private final Map<String, double[]> millis = new LinkedHashMap<>();
  private int runs;

  private StartBench(int rounds) throws IOException {
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = 5;
    boolean json = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--json" -> json = true;
        default -> {
          System.err.println("Usage: bench start [--rounds N] [--json]");
          System.exit(2);
        }
      }
    }

    StartBench bench = new StartBench(rounds);
    Map<String, Double> medians = bench.run();
    String separator = json ? ", " : ",\n ";
    System.out.println(
        medians.entrySet().stream()
            .map(way -> String.format(Locale.ROOT, "\"%s\": %.0f", way.getKey(), way.getValue()))
            .collect(Collectors.joining(separator, "{", "}")));
  }

  /** Returns the median of each way, in milliseconds. */
  private Map<String, Double> run() throws Exception {
    Map<String, Double> medians = new LinkedHashMap<>();
    score("on");
    score("on");
    medians.put("score, making its archive", timed(() -> score("on")));
    ServeCommand serve = ServeCommand.of(directory, archives, model);
    String empty = EmptyRun.archive(directory, ANSWER_BYTES);
    List<String> bare = bareCommand();
    List<String> archivedBare = archived(bare);
    for (int round = 0; round < rounds; round++) {
      for (String archive : List.of("off", "on")) {
        boolean on = archive.equals("on");
        String with = on ? ", with an archive" : "";
        note(round, "score --help" + with, () -> script(archive, "score", "--help"));
        note(round, "score, 1000 rows" + with, () -> score(archive));
        note(round, "bare Spark session" + with, () -> run(on ? archivedBare : bare));
        note(round, "server ready" + with, () -> serve(on ? serve : serve.withoutArchive()));
        note(round, "bare Javalin" + with, () -> bareJavalin(on ? List.of(empty) : List.of()));
      }
    }

    millis.forEach((way, times) -> medians.put(way, Trial.median(times)));
    return medians;
  }

  private void note(int round, String way, Callable<Void> start) throws Exception {
    millis.computeIfAbsent(way, name -> new double[rounds])[round] = timed(start);
  }

  private static double timed(Callable<Void> start) throws Exception {
    long begin = System.nanoTime();
    start.call();
    return (System.nanoTime() - begin) / 1e6;
  }

  private Path csv() throws IOException {
    StringBuilder text = new StringBuilder("id," + names() + "\n");
    for (int row = 0; row < ROWS; row++) {
      int number = row;
      text.append(row);
      IntStream.range(0, WIDTH)
          .forEach(feature -> text.append(',').append((number * 31 + feature * 37) % 200 / 7.0));
      text.append('\n');
    }

    return Files.writeString(
        Files.createDirectory(directory.resolve("csv")).resolve("rows.csv"), text);
  }

  private static String names() {
    return IntStream.range(0, WIDTH).mapToObj(n -> "f" + n).collect(Collectors.joining(","));
  }

  private Void score(String archive) throws Exception {
    return script(
        archive,
        "score",
        "--model",
        model.toString(),
        "--input",
        rows.toString(),
        "--input-format",
        "csv",
        "--output",
        directory.resolve("scores" + runs++).toString(),
        "--keys",
        "id");
  }

  private Void script(String archive, String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("scripts/" + name).toString()));
    command.addAll(List.of(arguments));
    return run(command, archive.equals("on") ? archives.toString() : archive);
  }

  private Void run(List<String> command) throws Exception {
    return run(command, "off");
  }

  private Void run(List<String> command, String archive) throws Exception {
    Path log = directory.resolve("run.log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PARITREE_BUILT", "1");
    builder.environment().put("PARITREE_ARCHIVES", archive);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (builder.redirectOutput(log.toFile()).start().waitFor() != 0) {
      throw new IllegalStateException(command + " failed: " + Files.readString(log));
    }

    return null;
  }

  /** Returns the command of a bare session: Spark with the job's flags. */
  private List<String> bareCommand() throws IOException {
    String name = "io/paritree/spark/run/BareSession";
    Path jar = directory.resolve("bare.jar");
    EmptyRun.write(jar, name, Files.readAllBytes(JOB.resolve("test-classes/" + name + ".class")));
    String path = jar + ":" + Files.readString(JOB.resolve("spark.classpath"));
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "@" + JOB.resolve("spark.flags"),
        "-Xmx2g",
        "-XX:+UseParallelGC",
        "-Dlog4j2.configurationFile=file:" + ROOT.resolve("conf/log4j2.properties"),
        "-Dspark.master=local[*]",
        "-Dspark.ui.enabled=false",
        "-Dspark.driver.host=127.0.0.1",
        "-Dspark.driver.bindAddress=127.0.0.1",
        "-cp",
        path,
        name.replace('/', '.'),
        rows.toString());
  }

  private List<String> archived(List<String> bare) throws Exception {
    Path archive = directory.resolve("bare.archive");
    run(with(EmptyRun.making(archive), bare));
    return with(EmptyRun.using(archive), bare);
  }

  private static List<String> with(String option, List<String> command) {
    List<String> all = new ArrayList<>(command);
    all.add(1, option);
    return all;
  }

  private Void serve(ServeCommand command) throws Exception {
    command.start(directory).close();
    return null;
  }

  private Void bareJavalin(List<String> flags) throws Exception {
    try (EmptyRun empty = new EmptyRun(directory, ANSWER_BYTES, flags)) {
      empty.await();
    }

    return null;
  }
}
