package io.paritree.spark.run;

import com.sun.management.OperatingSystemMXBean;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * {@code scripts/outcomes} on ten partitions of scores, a tenth of which have a label, against
 * Spark's plain join of the same tables. In turn, in one JVM: both without the start of Spark, and
 * with everything else, from the listing of files on.
 *
 * <p>The plain join is by the key, and gives its rows with the columns that are needed here: the
 * score, what was stored with it, and the label. Nothing keeps them, so that only the join is
 * measured; it knows neither the order of scores nor rows without a label. The sorted join has the
 * rows in the order of their scores, which any exact AUC needs. Each way has a session of its own
 * with the same settings, and no garbage to begin with; code that Spark has generated is kept
 * between rounds, and the first round does not count.
 *
 * <p>Run: {@code scripts/bench outcomes}
 */
final class OutcomesBench {
  private static final String USAGE =
      """
      Usage: scripts/bench outcomes [--rows N] [--rounds N] [--challenger]
        --rows    scores; a tenth of them have a label (default: 10000000)
        --rounds  of which the median is shown (default: 5)
        --challenger  compare with the scores of another model, of as many rows
      """;
  private static final int PARTITIONS = 10;
  private static final int LABELLED = 10;

  private final SparkSession session;
  private final Path scores;
  private final Path labels;
  private final String more;

  private OutcomesBench(SparkSession session, Path directory, String more) {
    this.session = session;
    this.more = more;
    this.scores = directory.resolve("scores");
    this.labels = directory.resolve("labels");
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = null;
    long rows = 10_000_000;
    int rounds = 5;
    boolean isCompared = false;
    try {
      Iterator<String> given = List.of(arguments).iterator();
      while (given.hasNext()) {
        String option = given.next();
        switch (option) {
          case "--directory" -> directory = Path.of(given.next());
          case "--rows" -> rows = Long.parseLong(given.next());
          case "--challenger" -> isCompared = true;
          case "--rounds" -> rounds = Integer.parseInt(given.next());
          default -> throw new IllegalArgumentException(option);
        }
      }
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.print(USAGE);
      System.exit(2);
    }

    try (SparkSession session = SparkSession.builder().appName("outcomes").getOrCreate()) {
      session.sparkContext().setLogLevel("ERROR");
      Path output = directory.resolve("outcomes-" + rows);
      String more = isCompared ? " --challenger-output " + output.resolve("scores") : "";
      OutcomesBench bench = new OutcomesBench(session, output, more);
      bench.write(rows);
      Took own = new Took();
      Took join = new Took();
      Took sorted = new Took();
      for (int round = -1; round < rounds; round++) { // the first one warms all up
        own.add(round, bench::measure);
        join.add(round, bench::join);
        sorted.add(round, bench::sort);
      }

      System.out.printf(
          Locale.ROOT,
          "{\"rows\": %d, \"outcomesSeconds\": %.2f, \"joinSeconds\": %.2f, \"sortedJoinSeconds\": %.2f, \"outcomesCpuSeconds\": %.2f, \"joinCpuSeconds\": %.2f, \"sortedJoinCpuSeconds\": %.2f, \"ratio\": %.3f, \"cpuRatio\": %.3f}%n",
          rows,
          median(own.seconds),
          median(join.seconds),
          median(sorted.seconds),
          median(own.cpuSeconds),
          median(join.cpuSeconds),
          median(sorted.cpuSeconds),
          median(own.seconds) / median(join.seconds),
          median(own.cpuSeconds) / median(join.cpuSeconds));
    }
  }

  /** What a way has taken in each round. */
  private static final class Took {
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> cpuSeconds = new ArrayList<>();

    void add(int round, Runnable way) {
      System.gc(); // what the way before has left
      long cpu = cpuNanos();
      long begin = System.nanoTime();
      way.run();
      double took = (System.nanoTime() - begin) / 1e9;
      double used = (cpuNanos() - cpu) / 1e9;
      if (round >= 0) {
        seconds.add(took);
        cpuSeconds.add(used);
      }
    }

    private static long cpuNanos() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private void write(long rows) throws IOException {
    if (Files.exists(labels.resolve("_SUCCESS"))) {
      return;
    }

    Dataset<Row> all =
        session
            .range(0, rows, 1, PARTITIONS)
            .selectExpr(
                "id * 7919 % " + rows + " as loan_id",
                "cast(pmod(xxhash64(id), 16777216) / 16777216.0 as float) as score",
                "pmod(xxhash64(id, 1), 1000000) / 1000000.0 as chance");
    for (int day = 0; day < PARTITIONS; day++) {
      String partition = "day=2026-01-%02d".formatted(day + 1);
      Path directory = scores.resolve(partition);
      all.filter("pmod(loan_id, 10) = " + day)
          .selectExpr(
              "loan_id",
              "score",
              "if(score > 0.5, 'bad', 'good') as label",
              "'m/1' as model_version")
          .coalesce(1)
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(directory.toString());
      List<DataFile> files = new ArrayList<>();
      try (Stream<Path> listed = Files.list(directory)) {
        for (Path file : listed.filter(one -> one.toString().endsWith(".parquet")).toList()) {
          files.add(
              new DataFile(
                  file.getFileName().toString(),
                  rows / PARTITIONS,
                  Files.size(file),
                  Optional.empty()));
        }
      }

      Files.write(
          directory.resolve(PartitionManifest.FILE),
          TestManifest.of(partition, "identity", "run", files).toJson());
    }

    all.filter("pmod(xxhash64(loan_id, 7), %s) = 0".formatted(LABELLED))
        .selectExpr("loan_id", "chance < score as bad", "date'2026-03-01' as known")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(labels.toString());
  }

  private void measure() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Ending ending =
        OutcomesMain.run(
            SparkOnDemand.running(session),
            print,
            print,
            ("--output %s --keys loan_id --labels %s --label bad --label-time known --horizon 30d%s")
                .formatted(scores, labels, more)
                .split(" "));
    if (ending.outcome().exitCode() != 0) {
      throw new IllegalStateException(out.toString(StandardCharsets.UTF_8));
    }
  }

  /** Returns the joined rows. */
  private Dataset<Row> joined() {
    SparkSession own = JobSession.of(session, 1);
    return own.read()
        .parquet(scores.toString())
        .join(own.read().parquet(labels.toString()), "loan_id");
  }

  private void join() {
    joined().write().format("noop").mode(SaveMode.Overwrite).save();
  }

  private void sort() {
    joined().orderBy("score").write().format("noop").mode(SaveMode.Overwrite).save();
  }
}
