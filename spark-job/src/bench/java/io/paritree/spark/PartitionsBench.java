package io.paritree.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Shows what a partition costs: the job on many partitions of 100 rows, in one JVM with a heap of 1
 * GiB, and on a tenth of them. Both times are without that of a job with one partition, which is
 * what starting costs.
 *
 * <p>Run: {@code scripts/bench job --partitions N}
 */
final class PartitionsBench {
  private static final String USAGE =
      """
      Usage: scripts/bench job --partitions N [--files N]
        --partitions  partitions of the larger input; the smaller one has a tenth
        --files       files of each partition, of 100 rows (default: 1)
      """;
  private static final int TREES = 100;
  private static final int ROWS_PER_FILE = 100;

  /** Ten times the partitions may take this many times as long. */
  private static final double MAX_RATIO = 12;

  private static final Pattern COLLECTED = Pattern.compile("Pause Full [^\\n]* [0-9]+M->([0-9]+)M");

  private final Path directory;
  private final Path modelPackage;
  private final Path file;
  private final int filesPerPartition;

  private PartitionsBench(Path directory, Path modelPackage, Path file, int filesPerPartition) {
    this.directory = directory;
    this.modelPackage = modelPackage;
    this.file = file;
    this.filesPerPartition = filesPerPartition;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = null;
    int partitions = 0;
    int files = 1;
    try {
      Iterator<String> given = List.of(arguments).iterator();
      while (given.hasNext()) {
        String option = given.next();
        switch (option) {
          case "--directory" -> directory = Path.of(given.next());
          case "--partitions" -> partitions = Integer.parseInt(given.next());
          case "--files" -> files = Integer.parseInt(given.next());
          default -> throw new IllegalArgumentException(option);
        }
      }

      if (partitions < 10 || files < 1) {
        throw new IllegalArgumentException("too few");
      }
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.print(USAGE);
      System.exit(2);
    }

    BenchInput input = new BenchInput(directory, System.out);
    Path model = input.modelPackage(TREES);
    Path rows = directory.resolve("partition-of-" + ROWS_PER_FILE);
    try (SparkSession spark = SparkSession.builder().appName("bench partitions").getOrCreate()) {
      input.rows(spark, ROWS_PER_FILE, 1, rows);
    }

    try (Stream<Path> written = Files.list(rows)) {
      Path file = written.filter(Parquets::isParquet).findFirst().orElseThrow();
      PartitionsBench bench =
          new PartitionsBench(directory.resolve("partitions"), model, file, files);
      System.exit(bench.compare(partitions) ? 0 : 1);
    }
  }

  private boolean compare(int partitions) throws IOException, InterruptedException {
    double start = seconds(1);
    double fewer = seconds(partitions / 10) - start;
    double more = seconds(partitions) - start;
    double ratio = more / fewer;
    boolean passed = ratio <= MAX_RATIO;
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d partitions of %d files: %.2f ms for each, after %.1f s to start; %.1f times the time"
                + " of a tenth (at most %.0f): %s",
            partitions,
            filesPerPartition,
            1_000 * more / partitions,
            start,
            ratio,
            MAX_RATIO,
            passed ? "PASS" : "FAIL"));
    return passed;
  }

  /** Returns how long the job takes, from the start of its JVM to the end. */
  private double seconds(int partitions) throws IOException, InterruptedException {
    Path input = directory.resolve("in-%s-%s".formatted(partitions, filesPerPartition));
    make(input, partitions);
    Path output = directory.resolve("out");
    for (Path old : List.of(output, directory.resolve("_paritree"))) {
      FileStore.of(Location.of(old)).delete(Location.of(old));
    }

    Path log = directory.resolve("run-%s.log".formatted(partitions));
    Path collections = directory.resolve("run-%s-gc.log".formatted(partitions));
    long begin = System.nanoTime();
    Process run =
        JobProcess.start(
            System.getProperty("java.class.path"),
            List.of(
                "-XX:TieredStopAtLevel=4",
                "-XX:+UseParallelGC",
                "-Dspark.master=local[*]",
                "-Dspark.cleaner.periodicGC.interval=5s",
                "-Xlog:gc:file=%s:uptime:filecount=0".formatted(collections)),
            log,
            ScoreMain.class.getName(),
            "--model",
            modelPackage,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "key");
    int exitCode = JobProcess.exitCode(run);
    double took = (System.nanoTime() - begin) / 1e9;
    if (exitCode != 0) {
      throw new IOException(
          "The job ended with exit code %s: %s".formatted(exitCode, Files.readString(log)));
    }

    JsonNode report = report();
    long rows = (long) partitions * filesPerPartition * ROWS_PER_FILE;
    if (report.get("scored").asLong() != rows || report.get("partitions").size() != partitions) {
      throw new IOException("The job did not score %s rows: %s".formatted(rows, report));
    }

    System.out.println(
        String.format(
            Locale.ROOT,
            "%d partitions: %.1f s, at most %d MiB after full collections; seconds of the stages %s",
            partitions,
            took,
            largest(collections),
            report.get("seconds")));
    return took;
  }

  private void make(Path input, int partitions) throws IOException {
    Path made = input.resolveSibling(input.getFileName() + ".made");
    if (Files.exists(made)) {
      return;
    }

    System.out.println("Making %s partitions in %s ...".formatted(partitions, input));
    for (int partition = 0; partition < partitions; partition++) {
      Path own = Files.createDirectories(input.resolve("part=%06d".formatted(partition)));
      for (int number = 0; number < filesPerPartition; number++) {
        Path copy = own.resolve("part-%s.parquet".formatted(number));
        if (!Files.exists(copy)) {
          Files.copy(file, copy);
        }
      }
    }

    Files.createFile(made);
  }

  private JsonNode report() throws IOException {
    List<Path> reports = new ArrayList<>();
    try (Stream<Path> runs = Files.list(directory.resolve("_paritree/out/runs"))) {
      runs.map(run -> run.resolve("report.json")).forEach(reports::add);
    }

    return new ObjectMapper().readTree(reports.get(0).toFile());
  }

  private static long largest(Path collections) throws IOException {
    long largest = 0;
    Matcher full = COLLECTED.matcher(Files.readString(collections));
    while (full.find()) {
      largest = Math.max(largest, Long.parseLong(full.group(1)));
    }

    return largest;
  }
}
