package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.ForeignModels;
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
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code model predict} on models that others trained, with XGBoost 1.1 to 3.1.
 *
 * <p>They are not part of the repository. Where their corpus is not next to it, models of the same
 * kinds are trained here and used instead.
 */
class ModelsOfOthersTest {
  private static final int ROWS = 300;

  @TempDir Path directory;

  private final StringWriter err = new StringWriter();

  @Test
  void bothEnginesWriteTheSameBytes() throws Exception {
    List<Path> models =
        new ArrayList<>(List.of(new TestPackages(directory).bareWideModel(9, 8, 6)));
    models.add(
        Files.write(
            directory.resolve("parcel.bst"), TestPackages.parcelModel("multi:softprob", 10)));
    models.addAll(ForeignModels.files("treebeard", ".json"));
    models.addAll(ForeignModels.files("mlserver", ".json"));
    models.addAll(ForeignModels.files("vespa", ".ubj"));

    for (Path model : models) {
      Path rows = randomRows(model);
      assertThat(predict(model, rows, "forest")).as("%s: %s", model, err).isZero();
      assertThat(predict(model, rows, "xgboost")).as("%s: %s", model, err).isZero();
      assertThat(directory.resolve("xgboost.csv"))
          .as(model.toString())
          .hasSameBinaryContentAs(directory.resolve("forest.csv"));
      assertThat(Files.readAllLines(directory.resolve("forest.csv"))).hasSize(ROWS + 1);
    }
  }

  @Test
  void storedPredictionsAreReproducedToTheBit() throws Exception {
    List<Path> models = new ArrayList<>(ForeignModels.files("treebeard/random", ".json"));
    models.add(withStoredPredictions());
    for (Path model : models) {
      Path stored = model.resolveSibling(model.getFileName() + ".csv");
      List<String> expected = new ArrayList<>(List.of("score"));
      List<String> rows = new ArrayList<>();
      for (String line : Files.readAllLines(stored)) {
        int last = line.lastIndexOf(',');
        expected.add(Float.toString(Float.parseFloat(line.substring(last + 1))));
        rows.add(line.substring(0, last));
      }

      rows.add(0, header(rows.get(0).split(",", -1).length));
      Path input = Files.write(directory.resolve("rows.csv"), rows);
      Path output = directory.resolve("scores.csv");
      assertThat(
              run(
                  "predict",
                  "--model",
                  model.toString(),
                  "--input",
                  input.toString(),
                  "--output",
                  output.toString(),
                  "--emit",
                  "score"))
          .as("%s: %s", model, err)
          .isZero();
      assertThat(Files.readAllLines(output)).as(model.toString()).isEqualTo(expected);
    }
  }

  @Test
  void legacyBinariesAndDumpsAreRefusedWithWhatToDo() throws Exception {
    List<Path> models = new ArrayList<>();
    models.add(
        Files.write(
            directory.resolve("old.model"),
            new byte[] {'b', 'i', 'n', 'f', 0, 0, 0, 0x3f, 126, 0, 0, 0}));
    models.addAll(ForeignModels.files("xgboost-predictor-java", ".model"));
    Path input = Files.writeString(directory.resolve("rows.csv"), "f0\n1\n");
    for (Path model : models) {
      int exitCode =
          run(
              "predict",
              "--model",
              model.toString(),
              "--input",
              input.toString(),
              "--output",
              directory.resolve("scores.csv").toString());
      assertThat(exitCode).as(model.toString()).isEqualTo(6);
      assertThat(err.toString())
          .startsWith("Model refused: " + model)
          .contains("binary", "JSON or UBJSON");
      assertThat(err.toString().lines()).hasSize(1);
    }

    for (Path dump : ForeignModels.files("vespa", ".json")) {
      assertThat(run("inspect", "--model", dump.toString())).isEqualTo(6);
      assertThat(err.toString()).contains("dump_model", "save_model");
    }
  }

  /** Trains a model, with a file of rows and libxgboost's predictions in the corpus' form. */
  private Path withStoredPredictions() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(4, 5, 5);
    byte[] file = Files.readAllBytes(model);
    Engine reference = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
    Random random = new Random(11);
    List<String> lines = new ArrayList<>();
    float[] score = new float[1];
    for (int row = 0; row < ROWS; row++) {
      float[] slots = new float[4];
      StringBuilder line = new StringBuilder();
      for (int slot = 0; slot < slots.length; slot++) {
        slots[slot] = (float) random.nextGaussian() * 100;
        line.append(String.format(Locale.ROOT, "%.18e,", (double) slots[slot]));
      }

      reference.score(slots, 1, null, score);
      lines.add(line.append(String.format(Locale.ROOT, "%.18e", (double) score[0])).toString());
    }

    Files.write(model.resolveSibling(model.getFileName() + ".csv"), lines);
    return model;
  }

  private int predict(Path model, Path rows, String engine) {
    return run(
        "predict",
        "--model",
        model.toString(),
        "--input",
        rows.toString(),
        "--output",
        directory.resolve(engine + ".csv").toString(),
        "--engine",
        engine,
        "--category-codes",
        "--emit",
        "leaf,margin,score");
  }

  private int run(String... arguments) {
    err.getBuffer().setLength(0);
    return ModelMain.run(
        new PrintWriter(new StringWriter()), new PrintWriter(err, true), arguments);
  }

  private Path randomRows(Path model) throws Exception {
    XgboostModel read = XgboostModel.read(Files.readAllBytes(model));
    Random random = new Random(3);
    List<String> lines = new ArrayList<>();
    lines.add(
        read.featureNames().map(names -> String.join(",", names)).orElse(header(read.width())));
    for (int row = 0; row < ROWS; row++) {
      StringBuilder line = new StringBuilder();
      for (int feature = 0; feature < read.width(); feature++) {
        line.append(feature == 0 ? "" : ",");
        if (random.nextInt(6) > 0) {
          boolean bool = read.featureTypes().map(types -> types.get(0).equals("i")).orElse(false);
          boolean whole = read.featureTypes().isPresent() || bool || row % 3 == 0;
          line.append(whole ? String.valueOf(random.nextInt(2)) : random.nextGaussian() * 5);
        }
      }

      lines.add(line.toString());
    }

    return Files.write(directory.resolve("random.csv"), lines);
  }

  private static String header(int width) {
    StringBuilder header = new StringBuilder("f0");
    for (int feature = 1; feature < width; feature++) {
      header.append(",f").append(feature);
    }

    return header.toString();
  }
}
