package io.paritree.model.command;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * {@code model diff} of two models of 100 trees and 28 columns over the rows of a CSV file, against
 * {@code model predict} of both, one after the other. Each run is the whole command, in one JVM.
 *
 * <p>Run: {@code scripts/bench diff [--rows N]}.
 */
final class DiffBench {
  private static final int WIDTH = 28;
  private static final int TREES = 100;
  private static final int TRAINING_ROWS = 20_000;
  private static final int ROUNDS = 3;
  private static final double MISSING = 0.05;
  private static final long SEED = 20_261_129;

  private final Path directory;

  private DiffBench(Path directory) {
    this.directory = directory;
  }

  /**
   * Runs the bench.
   *
   * @param args the directory for models and rows, then the number of rows
   */
  public static void main(String[] args) throws Exception {
    new DiffBench(Files.createDirectories(Path.of(args[0]))).run(Long.parseLong(args[1]));
  }

  private void run(long rows) throws Exception {
    Path champion = model("champion.ubj", 0.3);
    Path challenger = model("challenger.ubj", 0.2);
    Path csv = csv(rows);
    double[] diffs = new double[ROUNDS];
    double[] predictions = new double[ROUNDS];
    double[] ofDiffs = new double[ROUNDS];
    double[] ofPredictions = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double before = cpuSeconds();
      predictions[round] = predict(champion, csv) + predict(challenger, csv);
      ofPredictions[round] = cpuSeconds() - before;
      diffs[round] =
          seconds("diff", champion, challenger, "--input", csv, "--keys", "id", "--by", "shop");
      ofDiffs[round] = cpuSeconds() - before - ofPredictions[round];
      System.out.printf(
          Locale.ROOT,
          "round %d: diff %.1f s (CPU %.1f s), predict with both %.1f s (CPU %.1f s)%n",
          round + 1,
          diffs[round],
          ofDiffs[round],
          predictions[round],
          ofPredictions[round]);
    }

    System.out.printf(
        Locale.ROOT,
        "diff of %d rows, median %.1f s, %.2f times predict with both; CPU %.1f s, %.2f times%n",
        rows,
        median(diffs),
        median(diffs) / median(predictions),
        median(ofDiffs),
        median(ofDiffs) / median(ofPredictions));
  }

  /** Returns the CPU time of this process so far; other programs do not change it much. */
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private double predict(Path model, Path csv) {
    return seconds("predict", model, "--input", csv, "--output", directory.resolve("scores.csv"));
  }

  private static double seconds(Object... arguments) {
    StringWriter err = new StringWriter();
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    long start = System.nanoTime();
    int exitCode = ModelMain.run(new PrintWriter(new StringWriter()), new PrintWriter(err), texts);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (exitCode != ModelMain.OK) {
      throw new IllegalStateException(List.of(texts) + " ended with " + exitCode + ": " + err);
    }

    return seconds;
  }

  private Path model(String name, double rate) throws IOException, XGBoostError {
    Path path = directory.resolve(name);
    if (Files.exists(path)) {
      return path;
    }

    Random random = new Random(SEED);
    float[] slots = new float[TRAINING_ROWS * WIDTH];
    float[] labels = new float[TRAINING_ROWS];
    for (int row = 0; row < TRAINING_ROWS; row++) {
      double sum = 2 * random.nextGaussian();
      for (int slot = 0; slot < WIDTH; slot++) {
        float value = random.nextDouble() < MISSING ? Float.NaN : (float) random.nextGaussian();
        slots[row * WIDTH + slot] = value;
        sum += Float.isNaN(value) ? 0 : Math.sin(value * (1 + slot % 5)) * (slot % 3 - 0.5);
      }

      labels[row] = sum > 0 ? 1 : 0;
    }

    DMatrix matrix = new DMatrix(slots, TRAINING_ROWS, WIDTH, Float.NaN);
    matrix.setLabel(labels);
    Map<String, Object> parameters =
        Map.of("objective", "binary:logistic", "tree_method", "hist", "max_depth", 6, "eta", rate);
    Booster booster = XGBoost.train(matrix, parameters, TREES, Map.of(), null, null);
    Files.write(path, booster.toByteArray("ubj"));
    booster.dispose();
    matrix.dispose();
    return path;
  }

  private Path csv(long rows) throws IOException {
    Path path = directory.resolve("rows-%s.csv".formatted(rows));
    if (Files.exists(path)) {
      return path;
    }

    Random random = new Random(SEED + 1);
    Path unfinished = directory.resolve("rows.unfinished");
    try (BufferedWriter out = Files.newBufferedWriter(unfinished)) {
      out.write("id,shop");
      for (int slot = 0; slot < WIDTH; slot++) {
        out.write(",f" + slot);
      }

      for (long row = 0; row < rows; row++) {
        out.write("\n%s,shop %s".formatted(row, random.nextInt(40)));
        for (int slot = 0; slot < WIDTH; slot++) {
          out.write(',');
          out.write(
              random.nextDouble() < MISSING ? "" : String.valueOf((float) random.nextGaussian()));
        }
      }

      out.write('\n');
    }

    return Files.move(unfinished, path);
  }
}
