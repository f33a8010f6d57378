package io.paritree.forest;

import io.paritree.ModelException;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * A model to measure, and rows for it. The model is either trained once by XGBoost4J on random rows
 * and kept as a file, or read from an existing file.
 *
 * @param rows {@link #ROWS} rows, one after the other, 5 % of the slots missing
 */
public record BenchModel(String name, byte[] file, XgboostModel model, float[] rows) {
  static final int ROWS = 4_096;

  private static final int TRAINING_ROWS = 20_000;
  private static final double MISSING = 0.05;
  private static final long SEED = 20_010_624;

  /** The models that are trained. */
  public enum Trained {
    TREES100_DEPTH6("trees100-depth6", 28, 100, Map.of("max_depth", 6)),
    TREES1000_DEPTH6("trees1000-depth6", 28, 1_000, Map.of("max_depth", 6)),
    TREES500_DEPTH8("trees500-depth8", 50, 500, Map.of("max_depth", 8)),
    LEAFWISE300(
        "leafwise300",
        28,
        300,
        Map.of("max_depth", 0, "max_leaves", 255, "grow_policy", "lossguide"));

    private final String title;
    private final int width;
    private final int trees;
    private final Map<String, Object> parameters;

    Trained(String title, int width, int trees, Map<String, Object> parameters) {
      this.title = title;
      this.width = width;
      this.trees = trees;
      this.parameters = parameters;
    }

    public String title() {
      return title;
    }

    /** Returns how many slots a row has: {@code f0}, {@code f1} and so on. */
    public int width() {
      return width;
    }
  }

  /**
   * Returns the models that are trained, and the flight model if it is there.
   *
   * @param args the directory for trained models, then the flight model or "-"
   */
  static List<BenchModel> all(String... args) throws IOException, ModelException, XGBoostError {
    List<BenchModel> models = new ArrayList<>();
    for (Trained trained : Trained.values()) {
      models.add(of(trained, Path.of(args[0])));
    }

    if (Files.exists(Path.of(args[1]))) {
      models.add(of("flights", Path.of(args[1])));
    }

    return models;
  }

  /** Returns the file of a trained model in a directory; trains and writes it first if needed. */
  public static Path file(Trained trained, Path directory) throws IOException, XGBoostError {
    Path path = directory.resolve(trained.title + ".ubj");
    if (!Files.exists(path)) {
      System.err.printf("Training %s ...%n", trained.title);
      Files.createDirectories(directory);
      Path unfinished = directory.resolve(trained.title + ".unfinished");
      Files.write(unfinished, train(trained));
      Files.move(unfinished, path);
    }

    return path;
  }

  /** Reads a trained model from a directory, or trains it and writes it there. */
  static BenchModel of(Trained trained, Path directory)
      throws IOException, ModelException, XGBoostError {
    Path path = file(trained, directory);
    byte[] file = Files.readAllBytes(path);
    XgboostModel model = XgboostModel.read(file);
    return new BenchModel(
        trained.title, file, model, gaussianRows(new Random(SEED + 1), ROWS, trained.width));
  }

  /**
   * Reads an existing model. The slots of its rows are 0, just below its thresholds, its
   * categories, or missing.
   */
  static BenchModel of(String name, Path path) throws IOException, ModelException {
    byte[] file = Files.readAllBytes(path);
    XgboostModel model = XgboostModel.read(file);
    return new BenchModel(name, file, model, rowsBetweenThresholds(model));
  }

  private static byte[] train(Trained trained) throws XGBoostError {
    Random random = new Random(SEED);
    float[] slots = gaussianRows(random, TRAINING_ROWS, trained.width);
    float[] labels = new float[TRAINING_ROWS];
    for (int row = 0; row < TRAINING_ROWS; row++) {
      double sum = 2 * random.nextGaussian();
      for (int feature = 0; feature < trained.width; feature++) {
        float slot = slots[row * trained.width + feature];
        sum += Float.isNaN(slot) ? 0 : Math.sin(slot * (1 + feature % 5)) * (feature % 3 - 0.5);
      }

      labels[row] = sum > 0 ? 1 : 0;
    }

    Map<String, Object> parameters = new HashMap<>(trained.parameters);
    parameters.put("objective", "binary:logistic");
    parameters.put("tree_method", "hist");
    parameters.put("min_child_weight", 0);
    DMatrix matrix = new DMatrix(slots, TRAINING_ROWS, trained.width, Float.NaN);
    matrix.setLabel(labels);
    Booster booster = XGBoost.train(matrix, parameters, trained.trees, new HashMap<>(), null, null);
    byte[] file = booster.toByteArray("ubj");
    booster.dispose();
    matrix.dispose();
    return file;
  }

  private static float[] gaussianRows(Random random, int rows, int width) {
    float[] slots = new float[rows * width];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = random.nextDouble() < MISSING ? Float.NaN : (float) random.nextGaussian();
    }

    return slots;
  }

  private static float[] rowsBetweenThresholds(XgboostModel model) throws ModelException {
    Forest forest = model.forest(Rounds.ALL);
    List<List<Float>> known = new ArrayList<>();
    for (int feature = 0; feature < forest.width; feature++) {
      known.add(new ArrayList<>(List.of(0f)));
    }

    for (Tree tree : forest.trees) {
      for (int node : tree.breadthFirst()) {
        if (tree.isLeaf(node)) {
          continue;
        }

        List<Float> ofFeature = known.get(tree.feature[node]);
        if (tree.isCategorical(node)) {
          for (int category : tree.categories[node]) {
            ofFeature.add((float) category);
          }
        } else {
          ofFeature.add(Math.nextDown(tree.value[node]));
        }
      }
    }

    Random random = new Random(SEED);
    float[] slots = new float[ROWS * forest.width];
    for (int at = 0; at < slots.length; at++) {
      List<Float> ofFeature = known.get(at % forest.width);
      slots[at] =
          random.nextDouble() < MISSING
              ? Float.NaN
              : ofFeature.get(random.nextInt(ofFeature.size()));
    }

    return slots;
  }
}
