package io.paritree.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Rows and models to measure with, made from fixed seeds if they do not exist yet. */
final class BenchInput {
  /** Number of floats in a row, in addition to its key. */
  static final int WIDTH = 28;

  private static final int DEPTH = 6;
  private static final int TRAINING_ROWS = 40_000;
  private static final int FILES = 8;
  private static final double NULL_SHARE = 0.02;

  /** How many different values each of the first columns of {@link Table#DICTIONARY} has. */
  private static final int[] DISTINCT = {
    2, 3, 5, 7, 10, 12, 24, 31, 50, 60, 100, 180, 365, 500, 1_000, 1_440, 2_000, 3_650, 5_000,
    10_000
  };

  private final Path directory;
  private final PrintStream progress;

  /** What the floats of the rows are. */
  enum Table {
    /** Normally distributed, hardly one the same as another; Parquet writes them as they are. */
    RANDOM,

    /** Like those of most tables: 20 columns have 2 to 10,000 values, for which Parquet has ids. */
    DICTIONARY;

    /** Returns the name that the command line and the report have for it. */
    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Table of(String id) {
      return valueOf(id.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * @param directory where rows and models are kept
   */
  BenchInput(Path directory, PrintStream progress) {
    this.directory = directory;
    this.progress = progress;
  }

  /** Returns a directory of Parquet files: {@code key}, and the floats {@code f0}, {@code f1}... */
  Path rows(SparkSession spark, Table table, long rows) {
    String name = table == Table.RANDOM ? "data-" + rows : "data-%s-%s".formatted(table.id(), rows);
    return rows(spark, table, rows, FILES, directory.resolve(name));
  }

  /** Returns such rows of {@link Table#RANDOM} in a given number of files. */
  Path rows(SparkSession spark, long rows, int files, Path data) {
    return rows(spark, Table.RANDOM, rows, files, data);
  }

  private Path rows(SparkSession spark, Table table, long rows, int files, Path data) {
    if (!Files.exists(data.resolve("_SUCCESS"))) {
      progress.println("Making %s rows in %s ...".formatted(rows, data));
      List<Column> columns = new ArrayList<>();
      columns.add(functions.col("id").as("key"));
      for (int feature = 0; feature < WIDTH; feature++) {
        Column value = value(table, feature).cast("float");
        Column isNull = functions.rand(2_000 + feature).lt(NULL_SHARE);
        columns.add(
            functions
                .when(isNull, functions.lit(null).cast("float"))
                .otherwise(value)
                .as("f" + feature));
      }

      DataFrameWriter<Row> writer =
          spark
              .range(0, rows, 1, files)
              .select(columns.toArray(Column[]::new))
              .write()
              .mode(SaveMode.Overwrite);
      if (table == Table.RANDOM) {
        writer.option("compression", "zstd");
      }

      writer.parquet(data.toString());
    }

    return data;
  }

  /** Returns values of mean 0 and variance 1. */
  private static Column value(Table table, int feature) {
    if (table == Table.RANDOM || feature >= DISTINCT.length) {
      return functions.randn(1_000 + feature);
    }

    int count = DISTINCT[feature];
    Column number = functions.floor(functions.rand(1_000 + feature).multiply(count));
    return number.minus((count - 1) / 2.0).multiply(Math.sqrt(12.0 / (count * (double) count - 1)));
  }

  static String name(int trees) {
    return "trees%s-depth%s".formatted(trees, DEPTH);
  }

  /** Returns a trained model's file. */
  Path modelFile(int trees) throws IOException, XGBoostError {
    return modelFile(trees, 1);
  }

  /** Returns the file of a version, each of which is trained otherwise on the same rows. */
  private Path modelFile(int trees, int version) throws IOException, XGBoostError {
    String end = version == 1 ? ".ubj" : "-%s.ubj".formatted(version);
    Path file = directory.resolve(name(trees) + end);
    if (!Files.exists(file)) {
      progress.println("Training %s trees ...".formatted(trees));
      Files.createDirectories(directory);
      Files.write(file, train(trees, 0.09 + 0.01 * version));
    }

    return file;
  }

  /** Returns the sealed package of {@link #modelFile}, with the training rows as its reference. */
  Path modelPackage(int trees) throws IOException, XGBoostError, InterruptedException {
    return modelPackage(trees, 1);
  }

  /** Returns packages of other models of the same size and the same schema. */
  List<Path> challengers(int trees, int count)
      throws IOException, XGBoostError, InterruptedException {
    List<Path> packages = new ArrayList<>();
    for (int version = 2; version < 2 + count; version++) {
      packages.add(modelPackage(trees, version));
    }

    return packages;
  }

  private Path modelPackage(int trees, int version)
      throws IOException, XGBoostError, InterruptedException {
    Path sealed =
        directory.resolve("referenced").resolve(name(trees)).resolve(String.valueOf(version));
    if (!Files.exists(sealed.resolve("reference.json"))) {
      Path rows = directory.resolve("training.csv");
      Files.write(rows, trainingLines());
      Process seal =
          new ProcessBuilder(
                  Path.of(System.getProperty("paritree.root"), "scripts", "model").toString(),
                  "seal",
                  "--model",
                  modelFile(trees, version).toString(),
                  "--name",
                  name(trees),
                  "--version",
                  String.valueOf(version),
                  "--rows",
                  rows.toString(),
                  "--store",
                  directory.resolve("referenced").toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      int exitCode = seal.waitFor();
      if (exitCode != 0) {
        throw new IOException("Cannot seal the model: exit code " + exitCode);
      }
    }

    return sealed;
  }

  /**
   * Trains scores, not classes, so that besides the key only the score and the model's version are
   * written.
   */
  private static byte[] train(int trees, double eta) throws XGBoostError {
    float[] values = new float[TRAINING_ROWS * WIDTH];
    float[] labels = new float[TRAINING_ROWS];
    trainingRows(values, labels);

    DMatrix matrix = new DMatrix(values, TRAINING_ROWS, WIDTH, Float.NaN);
    try {
      matrix.setLabel(labels);
      String[] names = new String[WIDTH];
      Arrays.setAll(names, feature -> "f" + feature);
      matrix.setFeatureNames(names);
      Map<String, Object> parameters =
          Map.of(
              "objective", "reg:logistic", "max_depth", DEPTH, "eta", eta, "tree_method", "hist");
      Booster booster = XGBoost.train(matrix, parameters, trees, Map.of(), null, null);
      try {
        return booster.toByteArray("ubj");
      } finally {
        booster.dispose();
      }
    } finally {
      matrix.dispose();
    }
  }

  private static void trainingRows(float[] values, float[] labels) {
    Random random = new Random(42);
    for (int row = 0; row < TRAINING_ROWS; row++) {
      double sum = random.nextGaussian();
      for (int feature = 0; feature < WIDTH; feature++) {
        float value = (float) random.nextGaussian();
        values[row * WIDTH + feature] = random.nextDouble() < NULL_SHARE ? Float.NaN : value;
        sum += Math.sin(value * (1 + feature % 5)) * (feature % 3);
      }

      labels[row] = sum > 0 ? 1 : 0;
    }
  }

  /** Returns the training rows as a CSV file. */
  private static List<String> trainingLines() {
    float[] values = new float[TRAINING_ROWS * WIDTH];
    trainingRows(values, new float[TRAINING_ROWS]);
    List<String> lines = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    for (int feature = 0; feature < WIDTH; feature++) {
      cells.add("f" + feature);
    }

    lines.add(String.join(",", cells));
    for (int row = 0; row < TRAINING_ROWS; row++) {
      cells.clear();
      for (int feature = 0; feature < WIDTH; feature++) {
        float value = values[row * WIDTH + feature];
        cells.add(Float.isNaN(value) ? "" : String.valueOf(value));
      }

      lines.add(String.join(",", cells));
    }

    return lines;
  }
}
