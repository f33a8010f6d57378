package io.paritree.spark.run;

import io.paritree.ModelException;
import io.paritree.output.RunDrift;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.spark.sql.ModelCatalog;
import io.paritree.spark.sql.Paritree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** The ways to score the same rows, and a check that the result of each is right. */
final class BenchWays {
  static final String FLOOR = "floor";
  static final String PARITREE = "paritree";
  static final String XGBOOST_ENGINE = "xgboostEngine";
  static final String USUAL_WAY = "usualWay";
  static final String SQL = "sql";
  static final String DATASET = "dataset";

  /** As {@link #PARITREE}, with profiles of the rows; runs only if requested. */
  static final String DRIFT = "drift";

  /** As {@link #PARITREE}, with one challenger, and with four; run only if requested. */
  static final List<String> CHALLENGED = List.of("challenger", "challengers");

  /** As {@link #PARITREE}, but repeated keys are not counted; runs only if requested. */
  static final String KEYS_NOT_COUNTED = "keysNotCounted";

  /**
   * As {@link #PARITREE}, from a Delta table of the same files, and to a Delta table; run only if
   * requested.
   */
  static final List<String> DELTA = List.of("deltaIn", "deltaOut");

  /** As {@link #PARITREE}, with reasons of all rows. */
  static final String REASONS = "reasons";

  /** As {@link #REASONS}, of the rows with the highest scores only: {@link #REASONED_SHARE}. */
  static final String REASONS_OF_SOME = "reasonsOfSome";

  /** Contributions by XGBoost4J's {@code predictContrib}, as {@link #USUAL_WAY} scores. */
  static final String PREDICT_CONTRIB = "predictContrib";

  static final double REASONED_SHARE = 0.05;

  private static final int CHECKED_SUMS = 10_000;

  private final SparkSession spark;
  private final Path data;
  private final BenchTable table;
  private final long rows;
  private final Path modelFile;
  private final Path modelPackage;
  private final List<Path> challengers;
  private final Path outputs;
  private Double above;

  /** One way, from the call until readers see its output. */
  @FunctionalInterface
  interface Way {
    void run() throws IOException;
  }

  /**
   * @param table what the rows in {@code data} are
   * @param rows number of rows in {@code data}
   * @param challengers other packages of the same schema; none if they are not compared
   * @param outputs where each way writes
   */
  BenchWays(
      SparkSession spark,
      Path data,
      BenchTable table,
      long rows,
      Path modelFile,
      Path modelPackage,
      List<Path> challengers,
      Path outputs) {
    this.challengers = challengers;
    this.spark = spark;
    this.data = data;
    this.table = table;
    this.rows = rows;
    this.modelFile = modelFile;
    this.modelPackage = modelPackage;
    this.outputs = outputs;
  }

  /** Returns all ways, by name. */
  Map<String, Way> all() {
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put(FLOOR, this::floor);
    ways.put(PARITREE, () -> score(PARITREE, "--engine", "forest"));
    ways.put(XGBOOST_ENGINE, () -> score(XGBOOST_ENGINE, "--engine", "xgboost"));
    ways.put(USUAL_WAY, () -> UsualWay.run(spark, data, table, modelFile, output(USUAL_WAY)));
    ways.put(SQL, this::scoreBySql);
    ways.put(DATASET, this::scoreDataset);
    ways.put(DRIFT, () -> score(DRIFT, "--drift", "report"));
    for (int way = 0; way < CHALLENGED.size(); way++) {
      String name = CHALLENGED.get(way);
      List<Path> others = challengers.subList(0, Math.min(challengers.size(), 1 + 3 * way));
      ways.put(name, () -> score(name, challenged(others)));
    }

    ways.put(KEYS_NOT_COUNTED, this::scoreWithoutCountingKeys);
    ways.put(DELTA.get(0), this::scoreDeltaTable);
    ways.put(DELTA.get(1), this::scoreToDeltaTable);
    return ways;
  }

  /**
   * Returns the job with and without reasons, and what computes the contributions in the usual way.
   *
   * @param most how many reasons a row has
   * @param fewer some rows, for what is slow
   */
  Map<String, Way> withReasons(int most, Path fewer) {
    Map<String, Way> ways = new LinkedHashMap<>();
    String reasons = String.valueOf(most);
    ways.put(PARITREE, () -> score(PARITREE));
    ways.put(REASONS, () -> score(REASONS, "--reasons", reasons));
    ways.put(
        REASONS_OF_SOME,
        () ->
            score(
                REASONS_OF_SOME,
                "--reasons",
                reasons,
                "--reasons-from",
                String.valueOf(scoreAbove(REASONED_SHARE))));
    ways.put(
        PREDICT_CONTRIB,
        () -> UsualWay.explain(spark, fewer, table, modelFile, output(PREDICT_CONTRIB)));
    return ways;
  }

  /** Returns the score that a share of the rows is above, of {@link #PARITREE}'s last run. */
  private double scoreAbove(double share) {
    if (above == null) {
      double[] quantile = {1 - share};
      Dataset<Row> scores = spark.read().parquet(output(PARITREE).toString());
      above = scores.stat().approxQuantile("score", quantile, 0)[0];
    }

    return above;
  }

  private static String[] challenged(List<Path> others) {
    List<String> options = new ArrayList<>(List.of("--challenger-required"));
    for (Path other : others) {
      options.addAll(List.of("--challenger", "c%s=%s".formatted(other.getFileName(), other)));
    }

    return options.toArray(String[]::new);
  }

  private void scoreWithoutCountingKeys() throws IOException {
    Path conf = outputs.resolve("keys-not-counted.conf");
    Files.createDirectories(outputs);
    Files.writeString(conf, "scoring-job.count-duplicates = false\n");
    score(KEYS_NOT_COUNTED, "--conf", conf.toString());
  }

  private void scoreDeltaTable() throws IOException {
    Path table = outputs.resolve("delta-" + data.getFileName());
    if (!Files.exists(table.resolve("_delta_log"))) {
      Files.createDirectories(table);
      try (Stream<Path> files = Files.list(data)) {
        for (Path file : files.filter(name -> name.toString().endsWith(".parquet")).toList()) {
          Path link = table.resolve(file.getFileName());
          if (!Files.exists(link)) {
            Files.createLink(link, file);
          }
        }
      }

      spark.sql("CONVERT TO DELTA parquet.`%s`".formatted(table));
    }

    run(
        "--input-table",
        table.toString(),
        "--output",
        output(DELTA.get(0)).toString(),
        "--force",
        "--drift",
        "off");
  }

  private void scoreToDeltaTable() throws IOException {
    String table = output(DELTA.get(1)).toString();
    run(
        "--input",
        data.toString(),
        "--table",
        table,
        "--create-table",
        "--force",
        "--drift",
        "off");
  }

  /** Calls the model's function for each row. */
  private void scoreBySql() {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.catalog.paritree", ModelCatalog.class.getName());
    write(
        SQL,
        session
            .read()
            .parquet(data.toString())
            .selectExpr("key", "paritree.`%s`.score(struct(*)) AS score".formatted(modelPackage)));
  }

  private void scoreDataset() throws IOException {
    try {
      Dataset<Row> given = spark.read().parquet(data.toString());
      write(DATASET, Paritree.model(modelPackage.toString()).keys("key").score(given));
    } catch (ModelException e) {
      throw new IOException(e);
    }
  }

  private void write(String way, Dataset<Row> scored) {
    scored
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(output(way).toString());
  }

  private Path output(String way) {
    return outputs.resolve(way);
  }

  /**
   * Reads the key and the columns, writes the key and their sum: the least that a Spark job does.
   */
  private void floor() {
    Column sum = functions.lit(0f);
    for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
      sum = sum.plus(functions.coalesce(table.floats(feature), functions.lit(0f)));
    }

    spark
        .read()
        .parquet(data.toString())
        .select(functions.col("key"), sum.as("sum"))
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(output(FLOOR).toString());
  }

  private void score(String way, String... more) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("--input", data.toString(), "--output", output(way).toString(), "--force"));
    all.addAll(List.of(more));
    if (!all.contains("--drift")) {
      all.addAll(List.of("--drift", "off"));
    }

    run(all.toArray(String[]::new));
  }

  /** Runs the command {@code scripts/score}, with a Spark that keeps running. */
  private void run(String... more) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int exitCode;
    try (PrintStream print = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      List<String> arguments =
          new ArrayList<>(List.of("--model", modelPackage.toString(), "--keys", "key"));
      arguments.addAll(List.of(more));
      JobSettings settings =
          ScoreArguments.parse(Clock.systemUTC(), arguments.toArray(String[]::new)).orElseThrow();
      exitCode =
          ScoreMain.score(settings, SparkOnDemand.running(spark), StepObserver.NONE, print, print)
              .outcome()
              .exitCode();
    } catch (UsageException e) {
      throw new IOException(e);
    }

    if (exitCode != 0) {
      throw new IOException(
          "The job ended with exit code %s: %s"
              .formatted(exitCode, printed.toString(StandardCharsets.UTF_8)));
    }
  }

  /**
   * Checks the outputs of the ways: the speed of a wrong result means nothing.
   *
   * @param ran the ways that have run
   */
  void check(Iterable<String> ran) throws IOException {
    Row first = null;
    for (String way : ran) {
      String format = way.equals(DELTA.get(1)) ? "delta" : "parquet";
      Dataset<Row> output = spark.read().format(format).load(output(way).toString());
      if (way.equals(FLOOR)) {
        checkSums(output);
        continue;
      }

      if (way.equals(PREDICT_CONTRIB)) {
        continue; // has no scores
      }

      if (way.equals(DRIFT)) {
        expect(way, "profiles with bins and contributions", true, hasProfile());
      }

      if (way.equals(REASONS)) {
        expect(way, "rows with reasons", rows, output.filter("size(reasons) > 0").count());
      }

      if (way.equals(REASONS_OF_SOME)) {
        long some = output.filter("reasons is not null").count();
        expect(
            way, "a share with reasons", true, Math.abs(some - rows * REASONED_SHARE) < rows / 1e3);
      }

      // Keys and score bits of all rows, in any order; three implementations must agree.
      Row hash =
          output
              .agg(
                  functions.count(functions.lit(1)),
                  functions.sum(functions.col("key")),
                  functions.bit_xor(functions.expr("xxhash64(key, score)")))
              .first();
      Row keys = spark.range(rows).agg(functions.sum("id")).first();
      expect(way, "rows", rows, hash.getLong(0));
      expect(way, "sum of keys", keys.getLong(0), hash.getLong(1));
      if (first != null) {
        expect(way, "hash of keys and scores", first.getLong(2), hash.getLong(2));
      }

      first = hash;
    }
  }

  /** Returns whether the last run has counted all that a profile has. */
  private boolean hasProfile() throws IOException {
    try (Stream<Path> files = Files.walk(outputs)) {
      Path last =
          files
              .filter(file -> file.endsWith(StateDirectory.DRIFT))
              .max(Comparator.comparing(file -> file.toFile().lastModified()))
              .orElseThrow();
      return RunDrift.fromJson(Files.readAllBytes(last), last.toString()).partitions().stream()
          .flatMap(partition -> partition.profile().stream())
          .anyMatch(profile -> profile.sampled() > 0 && profile.explained() > 0);
    }
  }

  private void checkSums(Dataset<Row> sums) {
    expect(FLOOR, "rows", rows, sums.count());
    List<Column> columns = new ArrayList<>(List.of(functions.col("key")));
    for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
      columns.add(table.floats(feature));
    }

    List<Row> given =
        spark
            .read()
            .parquet(data.toString())
            .filter("key < " + CHECKED_SUMS)
            .orderBy("key")
            .select(columns.toArray(Column[]::new))
            .collectAsList();
    List<Row> got = sums.filter("key < " + CHECKED_SUMS).orderBy("key").collectAsList();
    for (int row = 0; row < given.size(); row++) {
      float sum = 0;
      for (int feature = 1; feature <= BenchTable.WIDTH; feature++) {
        sum += given.get(row).isNullAt(feature) ? 0f : given.get(row).getFloat(feature);
      }

      expect(FLOOR, "sum of a row", sum, got.get(row).getFloat(1));
    }
  }

  private static void expect(String way, String what, Object expected, Object got) {
    if (!expected.equals(got)) {
      throw new IllegalStateException(
          "Wrong result of %s: %s is %s, expected %s".formatted(way, what, got, expected));
    }
  }
}
