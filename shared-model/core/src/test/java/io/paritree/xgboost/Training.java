package io.paritree.xgboost;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Models that XGBoost4J trains on random rows, as files. */
public final class Training {
  private final Random random;
  private final int width;
  private final Map<String, Object> parameters = new HashMap<>();
  private int rows = 2_000;
  private int rounds = 10;
  private double missing = 0.1;
  private int classes;
  private final Map<Integer, Integer> categories = new TreeMap<>();

  public Training(long seed, int width) {
    this.random = new Random(seed);
    this.width = width;
    parameters.put("nthread", 1);
    parameters.put("max_depth", 4);
    parameters.put("seed", Math.floorMod(seed, 1 << 30));
  }

  public Training with(String parameter, Object value) {
    parameters.put(parameter, value);
    return this;
  }

  public Training objective(String name) {
    return with("objective", name);
  }

  public Training classes(int count) {
    classes = count;
    return with("num_class", count);
  }

  public Training rounds(int count) {
    rounds = count;
    return this;
  }

  public Training rows(int count) {
    rows = count;
    return this;
  }

  /** Sets the share of the training slots that is missing, 0 to 1. */
  public Training missing(double share) {
    missing = share;
    return this;
  }

  /** Makes a feature categorical, with {@code count} codes. */
  public Training categories(int feature, int count) {
    categories.put(feature, count);
    return this;
  }

  /** Trains and returns the file in the format {@code json} or {@code ubj}. */
  public byte[] file(String format) throws XGBoostError {
    float[] slots = rows(random, rows, width, missing);
    String[] types = new String[width];
    java.util.Arrays.fill(types, "q");
    for (Map.Entry<Integer, Integer> entry : categories.entrySet()) {
      types[entry.getKey()] = "c";
      putCategories(random, slots, width, entry.getKey(), entry.getValue());
    }

    DMatrix matrix = new DMatrix(slots, rows, width, Float.NaN);
    if (!categories.isEmpty()) {
      matrix.setFeatureTypes(types);
    }

    float[] labels = new float[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = label(slots, row * width);
    }

    matrix.setLabel(labels);
    if (String.valueOf(parameters.get("objective")).startsWith("rank:")) {
      int[] groups = new int[rows / 10];
      java.util.Arrays.fill(groups, 10);
      matrix.setGroup(groups);
    }

    Booster booster = XGBoost.train(matrix, parameters, rounds, new HashMap<>(), null, null);
    byte[] file = booster.toByteArray(format);
    booster.dispose();
    matrix.dispose();
    return file;
  }

  private float label(float[] slots, int at) {
    float sum = (float) random.nextGaussian() * 0.3f;
    for (int feature = 0; feature < Math.min(width, 5); feature++) {
      float slot = slots[at + feature];
      slot = categories.containsKey(feature) ? slot * 7 % 5 : slot;
      sum += Float.isNaN(slot) ? 0.5f : slot * (feature + 1) * (feature % 2 == 0 ? 1 : -1);
    }

    String objective = String.valueOf(parameters.get("objective"));
    if (classes > 0) {
      return Math.floorMod((int) Math.floor(sum), classes);
    }

    if (objective.startsWith("reg:squarederror") || objective.startsWith("reg:a")) {
      return sum;
    }

    if (objective.equals("reg:gamma")) {
      return Math.abs(sum) + 0.1f;
    }

    if (objective.startsWith("reg:") && !objective.equals("reg:logistic")) {
      return Math.abs(sum);
    }

    if (objective.equals("count:poisson") || objective.equals("survival:cox")) {
      return (float) Math.floor(Math.abs(sum)) + 1;
    }

    return sum > 0 ? 1f : 0f;
  }

  /** Returns random rows with a share of missing slots. */
  public static float[] rows(Random random, int rows, int width, double missing) {
    float[] slots = new float[rows * width];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = random.nextDouble() < missing ? Float.NaN : (float) random.nextGaussian();
    }

    return slots;
  }

  /** Replaces the present slots of a feature by codes below {@code count}. */
  static void putCategories(Random random, float[] slots, int width, int feature, int count) {
    for (int at = feature; at < slots.length; at += width) {
      slots[at] = Float.isNaN(slots[at]) ? slots[at] : random.nextInt(count);
    }
  }
}
