package io.paritree.xgboost;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Calibration;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.ShapedEngine;
import io.paritree.forest.explain.Explainer;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.Column;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;

/**
 * libxgboost, called through XGBoost4J: the external reference for scores.
 *
 * <p>The only class that uses XGBoost4J. Scores with {@code inplace_predict} on one thread, without
 * a DMatrix. Leaves, contributions and the linear booster need a DMatrix, because {@code
 * inplace_predict} does not support them, and so do offsets, because it takes the base margins of
 * one output only. Thread-safe, because the booster is never changed after it was loaded. Holds
 * native memory until it is garbage-collected.
 */
public final class NativeBooster extends ShapedEngine implements Explainer {
  private static final int MAX_GOT = 300;

  /** What precedes the messages of libxgboost's checks: the time, a file and its line. */
  private static final Pattern PLACE = Pattern.compile("\\[[0-9:]+\\] \\S*?([^/\\s]+:[0-9]+): ");

  private final Booster booster;

  /** The same rounds as Paritree scores them: what rows have, and what their margins begin with. */
  private final Forest forest;

  private final int[] rounds;
  private final int treeLimit;

  private NativeBooster(Booster booster, Forest forest, int[] rounds, int treeLimit) {
    super(forest);
    this.booster = booster;
    this.forest = forest;
    this.rounds = rounds;
    this.treeLimit = treeLimit;
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
      int end = range.isOpen() ? checked.rounds() : range.end();
      int treeLimit = Math.multiplyExact(end, checked.parallelTrees());
      NativeBooster engine =
          new NativeBooster(booster, checked.forest(range), new int[] {0, end}, treeLimit);
      engine.score(new float[engine.width()], 1, null, new float[engine.scores()]);
      return engine;
    } catch (ModelException e) {
      throw e;
    } catch (Exception e) {
      throw new UnsupportedModelException(
          "Cannot load the model into libxgboost: %s; use the forest engine".formatted(said(e)), e);
    }
  }

  /**
   * Returns the same booster for rows with offsets; see {@link Forest#withOffsets}.
   *
   * @param whereMissing one per output, or empty for no offsets
   */
  public NativeBooster withOffsets(float[] whereMissing) {
    return new NativeBooster(booster, forest.withOffsets(whereMissing), rounds, treeLimit);
  }

  /** Returns the same booster, the scores of which are calibrated after libxgboost. */
  public NativeBooster withCalibration(Calibration calibration) {
    return new NativeBooster(booster, forest.withCalibration(calibration), rounds, treeLimit);
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

  /**
   * Base margins in the form of numpy's array interface, which is the only one that XGBoost4J
   * accepts for several outputs. Only {@link #of} is called from outside, so that linking the
   * booster does not load {@link Column}.
   */
  private static final class BaseMargins extends Column {
    private final BigDenseMatrix offsets;

    private BaseMargins(BigDenseMatrix offsets) {
      this.offsets = offsets;
    }

    static Column of(BigDenseMatrix offsets) {
      return new BaseMargins(offsets);
    }

    /** Does nothing: the matrix is its maker's. */
    @Override
    public void close() {}

    @Override
    public String toJson() {
      return "{\"data\":[%s,true],\"shape\":[%s,%s],\"typestr\":\"<f4\",\"version\":3}"
          .formatted(offsets.address, offsets.nrow, offsets.ncol);
    }
  }

  @Override
  public int modelWidth() {
    return forest.modelWidth();
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    if (rows == 0) {
      return;
    }

    if (margins != null) {
      copy(predict(slots, rows, Booster.PredictionType.kMargin), rows, outputs(), margins);
    }

    if (scores != null) {
      copy(predict(slots, rows, Booster.PredictionType.kValue), rows, scores(), scores);
      forest.calibrate(scores, 0, rows);
    }
  }

  private float[][] predict(float[] slots, int rows, Booster.PredictionType type) {
    if (forest.isLinear() || forest.hasOffsets()) {
      boolean isMargin = type == Booster.PredictionType.kMargin;
      int limit = forest.isLinear() ? 0 : treeLimit;
      return predict(slots, rows, matrix -> booster.predict(matrix, isMargin, limit));
    }

    try {
      return booster.inplace_predict(
          exactly(slots, rows), rows, modelWidth(), Float.NaN, rounds, type, null);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private interface Prediction {
    float[][] of(DMatrix matrix) throws XGBoostError;
  }

  private float[][] predict(float[] slots, int rows, Prediction prediction) {
    try {
      DMatrix matrix = matrix(slots, rows);
      try {
        return prediction.of(matrix);
      } finally {
        matrix.dispose();
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private float[] exactly(float[] slots, int rows) {
    int size = rows * modelWidth();
    return slots.length == size ? slots : Arrays.copyOf(slots, size);
  }

  /** Returns the rows with their offsets; disposed of by the caller. */
  private DMatrix matrix(float[] slots, int rows) throws XGBoostError {
    int modelWidth = modelWidth();
    if (!forest.hasOffsets()) {
      return new DMatrix(exactly(slots, rows), rows, modelWidth, Float.NaN);
    }

    float[] ofModel = new float[rows * modelWidth];
    BigDenseMatrix offsets = new BigDenseMatrix(rows, outputs());
    try {
      for (int row = 0; row < rows; row++) {
        int at = row * width();
        System.arraycopy(slots, at, ofModel, row * modelWidth, modelWidth);
        for (int output = 0; output < outputs(); output++) {
          offsets.set(row, output, forest.begin(slots, at, 1, output));
        }
      }

      DMatrix matrix = new DMatrix(ofModel, rows, modelWidth, Float.NaN);
      try {
        matrix.setBaseMargin(BaseMargins.of(offsets));
        return matrix;
      } catch (Exception e) {
        matrix.dispose();
        throw e;
      }
    } finally {
      offsets.dispose();
    }
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
    if (rows == 0 || trees() == 0) {
      return;
    }

    float[][] found = predict(slots, rows, matrix -> booster.predictLeaf(matrix, treeLimit));
    for (int row = 0; row < rows; row++) {
      for (int tree = 0; tree < trees(); tree++) {
        leaves[row * trees() + tree] = (int) found[row][tree];
      }
    }
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    if (rows > 0) {
      float[][] found = predict(slots, rows, matrix -> booster.predictContrib(matrix, treeLimit));
      copy(found, rows, contributions(), contributions);
    }
  }
}
