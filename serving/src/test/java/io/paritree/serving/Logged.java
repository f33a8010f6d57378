package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Models as MLflow logs them. */
public final class Logged {
  public static final String BOOSTER = "xgboost.core.Booster";
  public static final String CLASSIFIER = "xgboost.sklearn.XGBClassifier";

  private Logged() {}

  /**
   * Writes the directory of a model.
   *
   * @param signature the JSON of its inputs; empty for none
   */
  public static Path model(Path parent, byte[] file, String modelClass, String signature)
      throws IOException {
    Path logged = Files.createTempDirectory(parent, "logged");
    Files.write(logged.resolve("model.ubj"), file);
    writeMlmodel(logged, modelClass, signature);
    return logged;
  }

  /** Makes a package look as if it was sealed from such a directory. */
  public static void sealed(Path model, String modelClass, String signature) throws IOException {
    writeMlmodel(model, modelClass, signature);
    TestPackages.digestAnew(model);
  }

  private static void writeMlmodel(Path directory, String modelClass, String signature)
      throws IOException {
    String inputs = signature.isEmpty() ? "" : "signature:\n  inputs: '" + signature + "'\n";
    Files.writeString(
        directory.resolve("MLmodel"),
        "flavors:\n  xgboost:\n    data: model.ubj\n    model_class: "
            + modelClass
            + "\n"
            + inputs);
  }

  /** Trains a model of numbers with these names; a row has as many labels of 0 and 1. */
  public static byte[] trained(String objective, int labels, String... names) throws XGBoostError {
    Random random = new Random(11);
    int rows = 400;
    float[] slots = new float[rows * names.length];
    float[] truths = new float[rows * labels];
    for (int row = 0; row < rows; row++) {
      for (int slot = 0; slot < names.length; slot++) {
        slots[row * names.length + slot] = (float) random.nextGaussian();
      }

      for (int label = 0; label < labels; label++) {
        float shown = slots[row * names.length + label % names.length];
        truths[row * labels + label] = shown + random.nextGaussian() > 0 ? 1 : 0;
      }
    }

    DMatrix matrix = new DMatrix(slots, rows, names.length, Float.NaN);
    try {
      matrix.setLabel(truths);
      matrix.setFeatureNames(names);
      Map<String, Object> parameters =
          Map.of("objective", objective, "nthread", 1, "max_depth", 4, "base_score", 0.5);
      Booster booster = XGBoost.train(matrix, parameters, 8, Map.of(), null, null);
      byte[] file = booster.toByteArray("ubj");
      booster.dispose();
      return file;
    } finally {
      matrix.dispose();
    }
  }
}
