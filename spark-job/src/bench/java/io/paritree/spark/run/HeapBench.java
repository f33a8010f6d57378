package io.paritree.spark.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/**
 * Shows that the job's memory does not grow with the rows.
 *
 * <p>The memory of one task depends on the row groups of the input's files, because Spark reads one
 * row group at a time. So an input with ten times the rows has ten times the files. The bench first
 * measures one JVM that runs everything, with a full collection about every 50 ms; then the driver
 * of a standalone cluster with two executors, from its log of the full collections that Spark makes
 * every second.
 *
 * <p>Run: {@code scripts/bench job --heap}
 */
final class HeapBench {
  private static final String USAGE =
      """
      Usage: scripts/bench job --heap [--rows N]
        --rows    rows of the larger input (default: 10000000); the smaller one has 1000000
      """;
  private static final long FEWER_ROWS = 1_000_000;
  private static final long ROWS_PER_FILE = 125_000;
  private static final int TREES = 100;
  private static final long MAX_GROWTH = 16L << 20;
  private static final Pattern FULL =
      Pattern.compile("Pause Full \\(System\\.gc\\(\\)\\) [0-9]+M->([0-9]+)M");

  private final Path directory;
  private final Path modelPackage;
  private final List<String> wrong = new ArrayList<>();

  private HeapBench(Path directory, Path modelPackage) {
    this.directory = directory;
    this.modelPackage = modelPackage;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = null;
    long rows = 10 * FEWER_ROWS;
    try {
      Iterator<String> given = List.of(arguments).iterator();
      while (given.hasNext()) {
        String option = given.next();
        switch (option) {
          case "--directory" -> directory = Path.of(given.next());
          case "--rows" -> rows = Long.parseLong(given.next());
          default -> throw new IllegalArgumentException(option);
        }
      }
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.print(USAGE);
      System.exit(2);
    }

    BenchInput input = new BenchInput(directory, System.out);
    Path model = input.modelPackage(TREES);
    Path fewer = directory.resolve("heap-" + FEWER_ROWS);
    Path more = directory.resolve("heap-" + rows);
    try (SparkSession spark = SparkSession.builder().appName("bench heap").getOrCreate()) {
      input.rows(spark, FEWER_ROWS, (int) (FEWER_ROWS / ROWS_PER_FILE), fewer);
      input.rows(spark, rows, (int) Math.max(1, rows / ROWS_PER_FILE), more);
    }

    // The heap after a collection depends on its moment, so more collections find a larger maximum.
    // Both runs therefore read the same number of rows: the smaller input is read several times.
    int times = (int) Math.max(1, rows / FEWER_ROWS);
    HeapBench bench = new HeapBench(directory, model);
    bench.compare("one JVM", bench.local(fewer, "fewer", times), bench.local(more, "more", 1));
    try (SparkCluster cluster = SparkCluster.start(directory.resolve("cluster"))) {
      bench.compare(
          "driver of a cluster",
          bench.driver(cluster, fewer, "fewer"),
          bench.driver(cluster, more, "more"));
    }

    bench.wrong.forEach(System.out::println);
    System.out.println(bench.wrong.isEmpty() ? "PASS" : "FAIL");
    System.exit(bench.wrong.isEmpty() ? 0 : 1);
  }

  private void compare(String what, long fewer, long more) {
    print("%s: %s MiB more".formatted(what, mebibytes(more - fewer)));
    if (more - fewer > MAX_GROWTH) {
      wrong.add("the heap of %s grows by more than %s MiB".formatted(what, mebibytes(MAX_GROWTH)));
    }
  }

  private List<Object> job(Path input, String output) {
    return List.of(
        "--model",
        modelPackage,
        "--input",
        input,
        "--output",
        directory.resolve("heap-scores").resolve(output),
        "--keys",
        "key",
        "--force");
  }

  private long local(Path input, String output, int times)
      throws IOException, InterruptedException {
    Path figures = directory.resolve("heap-" + output + ".txt");
    Path log = directory.resolve("heap-" + output + ".log");
    List<Object> arguments = new ArrayList<>();
    arguments.add(figures);
    arguments.add(times);
    arguments.addAll(job(input, output));
    Process run =
        JobProcess.start(
            System.getProperty("java.class.path"),
            List.of("-XX:+UseParallelGC", "-XX:TieredStopAtLevel=4"),
            log,
            HeapRun.class.getName(),
            arguments.toArray());
    succeed(run, log);
    String[] measured = Files.readString(figures).split(" ");
    long largest = Long.parseLong(measured[0]);
    print(
        "one JVM with -Xmx1g, %s, %s times: at most %s MiB after %s full collections"
            .formatted(input.getFileName(), times, mebibytes(largest), measured[1]));
    return largest;
  }

  private long driver(SparkCluster cluster, Path input, String output)
      throws IOException, InterruptedException {
    Path log = directory.resolve("heap-driver-" + output + ".log");
    Path collections = directory.resolve("heap-driver-" + output + "-gc.log");
    Process run =
        cluster.score(
            log,
            List.of(
                "--driver-java-options",
                "-Xlog:gc:file=%s:uptime:filecount=0".formatted(collections),
                "--conf",
                "spark.executor.extraJavaOptions=-Xss1m",
                "--conf",
                "spark.cleaner.periodicGC.interval=1s"),
            job(input, "driver-" + output).toArray());
    succeed(run, log);
    long largest = 0;
    int count = 0;
    Matcher full = FULL.matcher(Files.readString(collections, StandardCharsets.UTF_8));
    while (full.find()) {
      largest = Math.max(largest, Long.parseLong(full.group(1)) << 20);
      count++;
    }

    print(
        "driver of a cluster, %s: at most %s MiB after %s full collections"
            .formatted(input.getFileName(), mebibytes(largest), count));
    if (count == 0) {
      wrong.add("no full collection in " + collections);
    }

    return largest;
  }

  private static void succeed(Process run, Path log) throws IOException, InterruptedException {
    int exitCode = JobProcess.exitCode(run);
    if (exitCode != 0) {
      throw new IOException(
          "The job ended with exit code %s: %s".formatted(exitCode, Files.readString(log)));
    }
  }

  private static void print(String line) {
    System.out.println(line);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / (double) (1 << 20));
  }
}
