package io.paritree.spark;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.apache.spark.sql.functions;

/**
 * {@code scripts/outcomes} on ten partitions of scores, a tenth of which have a label, against
 * Spark's plain join of the same tables. In turn, in one JVM: both without the start of Spark, and
 * with everything else, from the listing of files on.
 *
 * <p>The plain join reads the same columns: it joins by the key, and gives the number of rows, the
 * mean score, the share of positives and the newest label of each day, version and stored label.
 * Less is no join of scores and labels, as Spark reads only columns that are used; it knows neither
 * the order of scores nor rows without a label.
 *
 * <p>Run: {@code scripts/bench outcomes}
 */
final class OutcomesBench {
  private static final String USAGE =
      """
      Usage: scripts/bench outcomes [--rows N] [--rounds N] [--challenger]
        --rows    scores; a tenth of them have a label (default: 10000000)
        --rounds  of which the median is shown (default: 3)
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
    int rounds = 3;
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
      double[] own = new double[rounds];
      double[] join = new double[rounds];
      bench.measure();
      bench.join();
      for (int round = 0; round < rounds; round++) {
        own[round] = bench.measure();
        join[round] = bench.join();
      }

      Arrays.sort(own);
      Arrays.sort(join);
      double measured = own[rounds / 2];
      double joined = join[rounds / 2];
      System.out.printf(
          Locale.ROOT,
          "{\"rows\": %d, \"outcomesSeconds\": %.2f, \"joinSeconds\": %.2f, \"ratio\": %.3f}%n",
          rows,
          measured,
          joined,
          measured / joined);
    }
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

  private double measure() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    long begin = System.nanoTime();
    ScoreMain.Ending ending =
        OutcomesMain.run(
            SparkOnDemand.running(session),
            print,
            print,
            ("--output %s --keys loan_id --labels %s --label bad --label-time known --horizon 30d%s")
                .formatted(scores, labels, more)
                .split(" "));
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (ending.outcome().exitCode() != 0) {
      throw new IllegalStateException(out.toString(StandardCharsets.UTF_8));
    }

    return seconds;
  }

  private double join() {
    long begin = System.nanoTime();
    List<Row> joined =
        session
            .read()
            .parquet(scores.toString())
            .join(session.read().parquet(labels.toString()), "loan_id")
            .groupBy("day", "model_version", "label")
            .agg(
                functions.count(functions.lit(1)),
                functions.avg("score"),
                functions.avg(functions.col("bad").cast("int")),
                functions.max("known"))
            .collectAsList();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (joined.size() != 2 * PARTITIONS) {
      throw new IllegalStateException("Joined " + joined);
    }

    return seconds;
  }
}
