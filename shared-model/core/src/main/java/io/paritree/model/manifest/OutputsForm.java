package io.paritree.model.manifest;

import io.paritree.CorruptModelException;
import io.paritree.forest.Calibration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The outputs as given by a manifest; what it leaves out follows from the objective.
 *
 * @param names one per score; empty for {@code "0"}, {@code "1"}, ...
 * @param classes the labels; empty for {@code "0"}, {@code "1"}, ... where the scores are classes
 * @param threshold the threshold of a binary model, finite; empty for 0.5
 * @param calibration what a score becomes after the objective
 */
public record OutputsForm(
    Optional<List<String>> names,
    Optional<List<String>> classes,
    Optional<Float> threshold,
    Calibration calibration) {
  public static final OutputsForm DEFAULT =
      new OutputsForm(Optional.empty(), Optional.empty(), Optional.empty(), Calibration.NONE);

  private static final float HALF = 0.5f;

  public OutputsForm {
    names = names.map(List::copyOf);
    classes = classes.map(List::copyOf);
  }

  /**
   * Returns the outputs of a model.
   *
   * <p>{@code binary:logistic} and {@code binary:hinge} with one output are binary; any other
   * objective with one output is a plain value, or binary if the form gives a threshold. {@code
   * multi:softprob} gives one score per class, and the one score of {@code multi:softmax} is the
   * index of a class.
   *
   * @param origin names the file in messages
   * @param margins number of margins of a row
   * @param scores number of scores of a row
   */
  public Outputs bind(String origin, String objective, int margins, int scores)
      throws CorruptModelException {
    Outputs.Kind kind = kind(objective, margins);
    List<String> outputNames = names.orElseGet(() -> numbered(scores));
    checkNames(origin, "names", outputNames, scores);

    int labels =
        switch (kind) {
          case VALUES -> 0;
          case BINARY -> 2;
          case CLASS_SCORES, CLASS_INDEX -> margins;
        };
    List<String> labelNames = classes.orElseGet(() -> numbered(labels));
    checkNames(origin, "classes", labelNames, labels);
    if (kind != Outputs.Kind.BINARY && threshold.isPresent()) {
      throw new CorruptModelException(
          "Cannot read %s at /outputs/threshold: the objective %s with %s outputs has no threshold"
              .formatted(origin, objective, margins));
    }

    return new Outputs(
        outputNames,
        kind,
        labelNames,
        threshold.orElse(HALF),
        calibration(origin, objective, margins, kind));
  }

  private Calibration calibration(String origin, String objective, int margins, Outputs.Kind kind)
      throws CorruptModelException {
    if (!isCalibrated()) {
      return calibration;
    }

    boolean isRegressor = kind == Outputs.Kind.VALUES && !objective.startsWith("rank:");
    if (margins > 1 || !(kind == Outputs.Kind.BINARY || isRegressor)) {
      throw new CorruptModelException(
          "Cannot read %s at /outputs/calibration: the objective %s with %s outputs cannot be calibrated, expected a binary model or a regressor with one output"
              .formatted(origin, objective, margins));
    }

    if (kind != Outputs.Kind.BINARY) {
      return calibration;
    }

    if (calibration instanceof Calibration.Isotonic isotonic) {
      float[] y = isotonic.y();
      if (y[0] < 0 || y[y.length - 1] > 1) {
        throw new CorruptModelException(
            "Cannot read %s at /outputs/calibration/y: got values from %s to %s, expected values from 0 to 1, because the model is binary"
                .formatted(origin, y[0], y[y.length - 1]));
      }
    }

    return calibration.ofProbabilities();
  }

  /** Returns whether scores are calibrated. */
  boolean isCalibrated() {
    return !calibration.equals(Calibration.NONE);
  }

  private Outputs.Kind kind(String objective, int margins) {
    return switch (objective) {
      case "multi:softprob" -> Outputs.Kind.CLASS_SCORES;
      case "multi:softmax" -> Outputs.Kind.CLASS_INDEX;
      case "binary:logistic", "binary:hinge" ->
          margins == 1 ? Outputs.Kind.BINARY : Outputs.Kind.VALUES;
      default -> margins == 1 && threshold.isPresent() ? Outputs.Kind.BINARY : Outputs.Kind.VALUES;
    };
  }

  private static List<String> numbered(int size) {
    return IntStream.range(0, size).mapToObj(String::valueOf).toList();
  }

  private static void checkNames(String origin, String key, List<String> names, int size)
      throws CorruptModelException {
    boolean unique = new HashSet<>(names).size() == names.size();
    if (names.size() != size || !unique || names.contains("")) {
      throw new CorruptModelException(
          "Cannot read %s at /outputs/%s: got %s, expected %s different names, none of them empty"
              .formatted(origin, key, names, size));
    }
  }
}
