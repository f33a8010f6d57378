package io.paritree.xgboost;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.explain.Explainer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * libxgboost, called through XGBoost4J: the external reference for scores.
 *
 * <p>The only class that uses XGBoost4J. Scores with {@code inplace_predict} on one thread, without
 * a DMatrix. Leaves, contributions and the linear booster need a DMatrix, because {@code
 * inplace_predict} does not support them. Thread-safe, because the booster is never changed after
 * it was loaded. Holds native memory until it is garbage-collected.
 */
public final class NativeBooster implements Engine, Explainer {
  private static final int MAX_GOT = 300;

  /** What precedes the messages of libxgboost's checks: the time, a file and its line. */
  private static final Pattern PLACE = Pattern.compile("\\[[0-9:]+\\] \\S*?([^/\\s]+:[0-9]+): ");

  private final Booster booster;
  private final boolean isLinear;
  private final int[] rounds;
  private final int treeLimit;
  private final int width;
  private final int trees;
  private final int outputs;
  private final int scores;

  private NativeBooster(Booster booster, XgboostModel model, Rounds range) throws ModelException {
    Forest forest = model.forest(range);
    this.booster = booster;
    this.isLinear = model.isLinear();
    this.rounds = new int[] {0, range.isOpen() ? model.rounds() : range.end()};
    this.treeLimit = Math.multiplyExact(rounds[1], model.parallelTrees());
    this.width = forest.width();
    this.trees = forest.trees();
    this.outputs = forest.outputs();
    this.scores = forest.scores();
  }

  /**
   * Loads a model into libxgboost.
   *
   * @param file the model file
   * @param checked the model that our own reader made of the same file: libxgboost does not protect
   *     itself against a bad file
   * @param range the rounds to score
   * @throws UnsupportedModelException if the library is missing, cannot be loaded, or cannot score
   *     this model; the message says what to do
   */
  public static NativeBooster load(byte[] file, XgboostModel checked, Rounds range)
      throws ModelException {
    Optional<String> reason = checked.notForNative();
    if (reason.isPresent()) {
      throw new UnsupportedModelException(
          "Cannot score the model with the xgboost engine: %s; use the forest engine"
              .formatted(reason.get()));
    }

    Optional<String> failure = Probe.FAILURE;
    if (failure.isPresent()) {
      throw new UnsupportedModelException(failure.get());
    }

    try {
      Booster booster = XGBoost.loadModel(file);
      booster.setParam("nthread", 1);
      NativeBooster engine = new NativeBooster(booster, checked, range);
      engine.score(new float[engine.width], 1, null, new float[engine.scores]);
      return engine;
    } catch (ModelException e) {
      throw e;
    } catch (Exception e) {
      throw new UnsupportedModelException(
          "Cannot load the model into libxgboost: %s; use the forest engine".formatted(said(e)), e);
    }
  }

  /**
   * Tries the library once per process. No {@code catch} in this file names XGBoost4J's exception,
   * because linking such a class fails if the jar is missing.
   */
  private static final class Probe {
    static final Optional<String> FAILURE = probe();

    private static Optional<String> probe() {
      try {
        new DMatrix(new float[] {0f}, 1, 1, Float.NaN).dispose();
        return Optional.empty();
      } catch (NoClassDefFoundError e) {
        return Optional.of(
            ("Cannot use the xgboost engine: class %s is not on the class path; add the jar"
                    + " ml.dmlc:xgboost4j_2.12:3.4.0 with kryo and commons-logging, or use the"
                    + " forest engine")
                .formatted(Fault.printable(String.valueOf(e.getMessage()), MAX_GOT)));
      } catch (Exception | LinkageError e) {
        return Optional.of(
            ("Cannot use the xgboost engine: its native library cannot be loaded (%s); on Linux it"
                    + " needs glibc, libstdc++ and libgomp.so.1 (Debian package libgomp1:"
                    + " apt-get install libgomp1), or use the forest engine")
                .formatted(Fault.printable(rootOf(e), MAX_GOT)));
      }
    }

    private static String rootOf(Throwable e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }

      return root.toString();
    }
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int trees() {
    return trees;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  @Override
  public int scores() {
    return scores;
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    if (rows == 0) {
      return;
    }

    try {
      if (margins != null) {
        predict(slots, rows, Booster.PredictionType.kMargin, margins, outputs);
      }

      if (scores != null) {
        predict(slots, rows, Booster.PredictionType.kValue, scores, this.scores);
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private void predict(
      float[] slots, int rows, Booster.PredictionType type, float[] to, int columns)
      throws XGBoostError {
    if (isLinear) {
      DMatrix matrix = new DMatrix(exactly(slots, rows), rows, width, Float.NaN);
      try {
        copy(booster.predict(matrix, type == Booster.PredictionType.kMargin), rows, columns, to);
      } finally {
        matrix.dispose();
      }

      return;
    }

    float[][] predicted =
        booster.inplace_predict(exactly(slots, rows), rows, width, Float.NaN, rounds, type, null);
    copy(predicted, rows, columns, to);
  }

  private float[] exactly(float[] slots, int rows) {
    return slots.length == rows * width ? slots : java.util.Arrays.copyOf(slots, rows * width);
  }

  private static void copy(float[][] from, int rows, int columns, float[] to) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(from[row], 0, to, row * columns, columns);
    }
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("Cannot score with libxgboost: " + said(e), e);
  }

  /**
   * Returns what libxgboost says, without the time and place before it and the native stack trace
   * after it.
   */
  private static String said(Exception e) {
    String text = String.valueOf(e.getMessage());
    Matcher place = PLACE.matcher(text);
    String said = place.lookingAt() ? text.substring(place.end()) : text;
    int trace = said.indexOf("Stack trace:");
    String sentence =
        said.substring(0, trace < 0 ? said.length() : trace)
            .strip()
            .replaceAll("\\s+", " ")
            .replaceFirst("[:.\\s]+$", "");
    return Fault.printable(sentence, MAX_GOT)
        + (place.reset().lookingAt() ? " (%s)".formatted(place.group(1)) : "");
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    if (rows == 0 || trees == 0) {
      return;
    }

    try {
      DMatrix matrix = new DMatrix(exactly(slots, rows), rows, width, Float.NaN);
      try {
        float[][] found = booster.predictLeaf(matrix, treeLimit);
        for (int row = 0; row < rows; row++) {
          for (int tree = 0; tree < trees; tree++) {
            leaves[row * trees + tree] = (int) found[row][tree];
          }
        }
      } finally {
        matrix.dispose();
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    if (rows == 0) {
      return;
    }

    try {
      DMatrix matrix = new DMatrix(exactly(slots, rows), rows, width, Float.NaN);
      try {
        copy(booster.predictContrib(matrix, treeLimit), rows, contributions(), contributions);
      } finally {
        matrix.dispose();
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }
}
