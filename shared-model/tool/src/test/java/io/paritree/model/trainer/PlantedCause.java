package io.paritree.model.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.XgboostModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;

/** A model, rows, and predictions of the same rows as a trainer made them who meant otherwise. */
final class PlantedCause {
  static final int ROWS = 400;
  static final int WIDTH = 4;

  /** What the trainer scored. */
  final float[] slots = new float[ROWS * WIDTH];

  /** What the file has. */
  final String[][] cells = new String[ROWS][WIDTH];

  /** A column that no feature reads. */
  final String[] other = new String[ROWS];

  byte[] model;
  String schema = numbers("f0", "f1", "f2", "f3");
  String option = "";
  IntFunction<String> predictions;

  private final Path directory;

  PlantedCause(Path directory, byte[] model) {
    this.directory = directory;
    this.model = model;
    Random random = new Random(11);
    for (int at = 0; at < slots.length; at++) {
      slots[at] = Math.round(random.nextGaussian() * 1_000) / 1_000f;
      cells[at / WIDTH][at % WIDTH] = String.valueOf(slots[at]);
    }

    for (int row = 0; row < ROWS; row++) {
      other[row] = String.valueOf(Math.round(random.nextGaussian() * 1_000) / 1_000f);
    }
  }

  static String numbers(String... columns) {
    List<String> features = new ArrayList<>();
    for (int index = 0; index < columns.length; index++) {
      features.add(
          "{\"name\":\"f%s\",\"type\":\"number\",\"column\":\"%s\"}"
              .formatted(index, columns[index]));
    }

    return "{\"features\": [" + String.join(",", features) + "]}";
  }

  /** Makes f1 something else than a number. */
  void f1(String members) {
    schema = schema.replace("\"name\":\"f1\",\"type\":\"number\"", "\"name\":\"f1\"," + members);
  }

  float slot(int row, int feature) {
    return slots[row * WIDTH + feature];
  }

  void slot(int row, int feature, float value) {
    slots[row * WIDTH + feature] = value;
  }

  /** Predicts with libxgboost's scores of the slots. */
  PlantedCause predicted(Rounds rounds) throws Exception {
    Engine engine = NativeBooster.load(model, XgboostModel.read(model), rounds);
    float[] scores = new float[ROWS * engine.scores()];
    engine.score(slots, ROWS, null, scores);
    return predicted(scores);
  }

  /** Predicts with libxgboost's margins of the slots. */
  PlantedCause margins() throws Exception {
    Engine engine = NativeBooster.load(model, XgboostModel.read(model), Rounds.ALL);
    float[] margins = new float[ROWS * engine.outputs()];
    engine.score(slots, ROWS, margins, null);
    return predicted(margins);
  }

  /** Predicts with values of each row. */
  PlantedCause predicted(float[] values) {
    int each = values.length / ROWS;
    predictions =
        row -> {
          List<String> texts = new ArrayList<>();
          for (int at = row * each; at < (row + 1) * each; at++) {
            texts.add(String.valueOf(values[at]));
          }

          return String.join(",", texts);
        };
    return this;
  }

  /** Returns what libxgboost predicts with a base margin per row. */
  float[] withBaseMargins(float[] baseMargins) throws Exception {
    Booster booster = XGBoost.loadModel(model);
    DMatrix matrix = new DMatrix(slots, ROWS, WIDTH, Float.NaN);
    matrix.setBaseMargin(baseMargins);
    float[][] predicted = booster.predict(matrix);
    matrix.dispose();
    booster.dispose();
    float[] all = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      all[row] = predicted[row][0];
    }

    return all;
  }

  /** Seals, with all columns of predictions in their order, and returns what was said. */
  String seal(int exitCode) throws Exception {
    return seal(exitCode, String.join(",", columns()));
  }

  private String[] columns() {
    String[] columns = new String[predictions.apply(0).split(",").length];
    Arrays.setAll(columns, column -> "p" + column);
    return columns;
  }

  String seal(int exitCode, String expected) throws Exception {
    StringWriter err = new StringWriter();
    int got = seal(expected, err);
    assertThat(got).as(err.toString()).isEqualTo(exitCode);
    return err.toString();
  }

  /** Returns why sealing is refused; empty if the cause changes no score, and it is not. */
  String refusal() throws Exception {
    StringWriter err = new StringWriter();
    return seal(String.join(",", columns()), err) == 0 ? "" : err.toString();
  }

  private int seal(String expected, StringWriter err) throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add("f0,f1,f2,f3,other," + String.join(",", columns()));
    for (int row = 0; row < ROWS; row++) {
      lines.add(String.join(",", cells[row]) + "," + other[row] + "," + predictions.apply(row));
    }

    Path store = Files.createTempDirectory(directory, "store");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "seal",
                "--name=m",
                "--store=" + store,
                "--model=" + Files.write(directory.resolve("model"), model),
                "--rows=" + Files.write(directory.resolve("rows.csv"), lines),
                "--schema=" + Files.writeString(directory.resolve("schema.json"), schema),
                "--expected=" + expected));
    if (!option.isEmpty()) {
      arguments.addAll(List.of(option.split(" ")));
    }

    int got =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    assertThat(Files.exists(store.resolve("m"))).isEqualTo(got == 0);
    return got;
  }
}
