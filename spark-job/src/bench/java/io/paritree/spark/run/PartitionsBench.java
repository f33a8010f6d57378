package io.paritree.spark.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import io.paritree.store.SlowRelay;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SparkSession;

/**
 * Shows what a partition costs: the job on many partitions of 100 rows, in one JVM with a heap of 1
 * GiB, and on a tenth of them. Both times are without that of a job with one partition, which is
 * what starting costs. With {@code --hdfs}, input and output are on HDFS, and the calls to its name
 * node are counted; with {@code --s3}, on S3, where each request is late.
 *
 * <p>Run: {@code scripts/bench job --partitions N}
 */
final class PartitionsBench {
  private static final String USAGE =
      """
      Usage: scripts/bench job --partitions N [--files N] [--hdfs | --s3 MILLIS] [--calls N]
        --partitions  partitions of the larger input; the smaller one has a tenth
        --files       files of each partition, of 100 rows (default: 1)
        --hdfs        on HDFS; prints how often its name node was called for each partition
        --s3          on S3, where each request takes so many milliseconds more; prints how many there were
        --calls       store-calls of the job, such as 1 (default: 16)
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
  private final Location home;
  private final int callsAtOnce;
  private final Optional<SlowRelay> relay;

  /**
   * @param home where input and output are
   * @param relay through which the job finds S3; empty elsewhere
   */
  private PartitionsBench(
      Path directory,
      Path modelPackage,
      Path file,
      int filesPerPartition,
      Location home,
      int callsAtOnce,
      Optional<SlowRelay> relay) {
    this.callsAtOnce = callsAtOnce;
    this.relay = relay;
    this.directory = directory;
    this.modelPackage = modelPackage;
    this.file = file;
    this.filesPerPartition = filesPerPartition;
    this.home = home;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = null;
    int partitions = 0;
    int files = 1;
    boolean onHdfs = false;
    int millis = -1;
    int calls = CallsAtOnce.DEFAULT.most();
    try {
      Iterator<String> given = List.of(arguments).iterator();
      while (given.hasNext()) {
        String option = given.next();
        switch (option) {
          case "--directory" -> directory = Path.of(given.next());
          case "--partitions" -> partitions = Integer.parseInt(given.next());
          case "--files" -> files = Integer.parseInt(given.next());
          case "--hdfs" -> onHdfs = true;
          case "--s3" -> millis = Integer.parseInt(given.next());
          case "--calls" -> calls = Integer.parseInt(given.next());
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

    Path file;
    try (Stream<Path> written = Files.list(rows)) {
      file = written.filter(Parquets::isParquet).findFirst().orElseThrow();
    }

    Path own = Files.createDirectories(directory.resolve("partitions"));
    boolean passed;
    if (onHdfs) {
      Path hdfs = Files.createTempDirectory("paritree-hdfs");
      try (MiniDFSCluster cluster =
          new MiniDFSCluster.Builder(new Configuration(), hdfs.toFile()).build()) {
        cluster.waitActive();
        Location home = Location.of(cluster.getURI() + "/bench");
        passed =
            new PartitionsBench(own, model, file, files, home, calls, Optional.empty())
                .compare(partitions);
      }

      FileStore.of(Location.of(hdfs)).delete(Location.of(hdfs));
    } else if (millis >= 0) {
      try (S3Server server = S3Server.start(own);
          SlowRelay relay = SlowRelay.before(URI.create(server.endpoint()))) {
        relay.delay(Duration.ofMillis(millis));
        Location home = server.resolve("bench");
        passed =
            new PartitionsBench(own, model, file, files, home, calls, Optional.of(relay))
                .compare(partitions);
      }
    } else {
      Location home = Location.of(own);
      passed =
          new PartitionsBench(own, model, file, files, home, calls, Optional.empty())
              .compare(partitions);
    }

    System.exit(passed ? 0 : 1);
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
    Location input = made(partitions);
    Location output = home.resolve("out");
    for (Location old : List.of(output, home.resolve("_paritree"))) {
      FileStore.of(old).delete(old);
    }

    Map<String, Long> before = calls();
    Path log = directory.resolve("run-%s.log".formatted(partitions));
    Path collections = directory.resolve("run-%s-gc.log".formatted(partitions));
    Path conf = directory.resolve("calls.conf");
    Files.writeString(conf, "scoring-job { store-calls = %s }".formatted(callsAtOnce));
    List<String> options =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=4",
                "-XX:+UseParallelGC",
                "-Dspark.master=local[*]",
                // Otherwise starting chmod for each file would be most of what is measured.
                "-Dspark.hadoop.fs.file.impl=" + QuickLocalFileSystem.class.getName(),
                "-Dspark.cleaner.periodicGC.interval=5s",
                "-Xlog:gc:file=%s:uptime:filecount=0".formatted(collections)));
    relay.map(S3Server::javaOption).ifPresent(options::add);
    long requests = relay.map(SlowRelay::requests).orElse(0L);
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                modelPackage,
                "--input",
                input,
                "--output",
                output,
                "--keys",
                "key",
                "--conf",
                conf));
    if (relay.isPresent()) {
      arguments.add("--accept-non-atomic");
    }

    long begin = System.nanoTime();
    Process run =
        JobProcess.start(
            System.getProperty("java.class.path"),
            options,
            log,
            ScoreMain.class.getName(),
            arguments.toArray());
    int exitCode = JobProcess.exitCode(run);
    double took = (System.nanoTime() - begin) / 1e9;
    if (exitCode != 0) {
      throw new IOException(
          "The job ended with exit code %s: %s".formatted(exitCode, Files.readString(log)));
    }

    Map<String, Long> after = calls();
    after.replaceAll((name, count) -> count - before.get(name));
    after.values().removeIf(count -> count < partitions / 2);
    JsonNode report = report();
    long rows = (long) partitions * filesPerPartition * ROWS_PER_FILE;
    if (report.get("scored").asLong() != rows || report.get("partitions").size() != partitions) {
      throw new IOException("The job did not score %s rows: %s".formatted(rows, report));
    }

    System.out.println(
        String.format(
                Locale.ROOT,
                "%d partitions: %.1f s, at most %d MiB after full collections; seconds of the stages %s%s",
                partitions,
                took,
                largest(collections),
                report.get("seconds"),
                after.isEmpty() ? "" : "; calls of the name node " + after)
            + relay
                .map(one -> "; %s requests to S3".formatted(one.requests() - requests))
                .orElse(""));
    return took;
  }

  private Location made(int partitions) throws IOException {
    String name = "in-%s-%s".formatted(partitions, filesPerPartition);
    Path input = directory.resolve(name);
    Path made = directory.resolve(name + ".made");
    if (!Files.exists(made)) {
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

    Location there = home.resolve(name);
    if (!home.isLocal()) {
      org.apache.hadoop.fs.Path to = HadoopPaths.of(there);
      to.getFileSystem(new Configuration())
          .copyFromLocalFile(new org.apache.hadoop.fs.Path(input.toUri()), to);
    }

    return there;
  }

  /** Returns how often the name node of this JVM was called for what; empty if there is none. */
  private static Map<String, Long> calls() throws IOException {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    Map<String, Long> calls = new TreeMap<>();
    try {
      ObjectName node = new ObjectName("Hadoop:service=NameNode,name=NameNodeActivity");
      if (beans.isRegistered(node)) {
        for (MBeanAttributeInfo attribute : beans.getMBeanInfo(node).getAttributes()) {
          String name = attribute.getName();
          if (name.endsWith("Ops") || name.startsWith("Files") || name.startsWith("Get")) {
            if (beans.getAttribute(node, name) instanceof Number count) {
              calls.put(name, count.longValue());
            }
          }
        }
      }
    } catch (JMException e) {
      throw new IOException("Cannot count the calls of the name node", e);
    }

    return calls;
  }

  private JsonNode report() throws IOException {
    FileStore store = FileStore.of(home);
    Location run = store.list(home.resolve("_paritree/out/runs")).get(0).location();
    return new ObjectMapper().readTree(store.read(run.resolve("report.json")));
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
