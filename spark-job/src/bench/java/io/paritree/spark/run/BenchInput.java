package io.paritree.spark.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private static final int DEPTH = 6;
  private static final int TRAINING_ROWS = 40_000;
  private static final int FILES = 8;

  private final Path directory;
  private final PrintStream progress;
  private final BenchTable table;

  /**
   * @param directory where rows and models are kept
   * @param table what the rows are
   */
  BenchInput(Path directory, PrintStream progress, BenchTable table) {
    this.directory = directory;
    this.progress = progress;
    this.table = table;
  }

  /** The same for {@link BenchTable#RANDOM}. */
  BenchInput(Path directory, PrintStream progress) {
    this(directory, progress, BenchTable.RANDOM);
  }

  /**
   * Returns a directory of Parquet files: {@code key}, and the columns {@code f0}, {@code f1}...
   */
  Path rows(SparkSession spark, long rows) {
    String name =
        table == BenchTable.RANDOM ? "data-" + rows : "data-%s-%s".formatted(table.id(), rows);
    return rows(spark, rows, FILES, directory.resolve(name));
  }

  /** Returns such rows in a given number of files. */
  Path rows(SparkSession spark, long rows, int files, Path data) {
    if (!Files.exists(data.resolve("_SUCCESS"))) {
      progress.println("Making %s rows in %s ...".formatted(rows, data));
      List<Column> columns = new ArrayList<>();
      columns.add(functions.col("id").as("key"));
      for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
        Column isPresent = functions.rand(2_000 + feature).geq(BenchTable.NULL_SHARE);
        columns.add(functions.when(isPresent, table.values(feature)).as("f" + feature));
      }

      DataFrameWriter<Row> writer =
          spark
              .range(0, rows, 1, files)
              .select(columns.toArray(Column[]::new))
              .write()
              .mode(SaveMode.Overwrite);
      if (table == BenchTable.RANDOM) {
        writer.option("compression", "zstd");
      }

      writer.parquet(data.toString());
    }

    return data;
  }

  /** Returns the name of a model. */
  String name(int trees) {
    String name = "trees%s-depth%s".formatted(trees, DEPTH);
    return table == BenchTable.MIXED ? table.id() + "-" + name : name;
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
      Path rows = Files.createDirectories(directory).resolve(name(trees) + ".csv");
      Files.write(rows, trainingLines());
      Process seal =
          new ProcessBuilder(sealing(trees, version, rows))
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

  private List<String> sealing(int trees, int version, Path rows) throws IOException, XGBoostError {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("paritree.root"), "scripts", "model").toString());
    command.add("seal");
    command.addAll(List.of("--model", modelFile(trees, version).toString()));
    command.addAll(List.of("--name", name(trees)));
    command.addAll(List.of("--version", String.valueOf(version)));
    command.addAll(List.of("--rows", rows.toString()));
    command.addAll(List.of("--store", directory.resolve("referenced").toString()));
    if (table.schema().isPresent()) {
      Path schema = directory.resolve(name(trees) + ".json");
      Files.writeString(schema, table.schema().get());
      command.addAll(List.of("--schema", schema.toString()));
    }

    return command;
  }

  /**
   * Trains scores, not classes, so that besides the key only the score and the model's version are
   * written.
   */
  private byte[] train(int trees, double eta) throws XGBoostError {
    float[] values = new float[TRAINING_ROWS * BenchTable.WIDTH];
    float[] labels = new float[TRAINING_ROWS];
    trainingRows(values, labels);

    DMatrix matrix = new DMatrix(values, TRAINING_ROWS, BenchTable.WIDTH, Float.NaN);
    try {
      matrix.setLabel(labels);
      String[] names = new String[BenchTable.WIDTH];
      Arrays.setAll(names, feature -> "f" + feature);
      matrix.setFeatureNames(names);
      if (table.types().isPresent()) {
        matrix.setFeatureTypes(table.types().get());
      }

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

  private void trainingRows(float[] values, float[] labels) {
    Random random = new Random(42);
    for (int row = 0; row < TRAINING_ROWS; row++) {
      double sum = random.nextGaussian();
      for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
        float value = table.drawn(feature, random);
        boolean isNull = random.nextDouble() < BenchTable.NULL_SHARE;
        values[row * BenchTable.WIDTH + feature] = isNull ? Float.NaN : value;
        sum += Math.sin(table.effect(feature, value) * (1 + feature % 5)) * (feature % 3);
      }

      labels[row] = sum > 0 ? 1 : 0;
    }
  }

  /** Returns the training rows as a CSV file. */
  private List<String> trainingLines() {
    float[] values = new float[TRAINING_ROWS * BenchTable.WIDTH];
    trainingRows(values, new float[TRAINING_ROWS]);
    List<String> lines = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
      cells.add("f" + feature);
    }

    lines.add(String.join(",", cells));
    for (int row = 0; row < TRAINING_ROWS; row++) {
      cells.clear();
      for (int feature = 0; feature < BenchTable.WIDTH; feature++) {
        float value = values[row * BenchTable.WIDTH + feature];
        cells.add(Float.isNaN(value) ? "" : table.cell(feature, value));
      }

      lines.add(String.join(",", cells));
    }

    return lines;
  }
}
