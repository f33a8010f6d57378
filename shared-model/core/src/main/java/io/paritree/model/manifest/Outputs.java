package io.paritree.model.manifest;

import io.paritree.forest.Calibration;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a model's scores mean, and how they are named.
 *
 * @param names one per score, unique; {@code "0"}, {@code "1"}, ... unless the manifest names them
 * @param kind whether the scores are plain values or describe classes
 * @param classes the labels: none for values, two for a binary model (false, true), otherwise one
 *     per class
 * @param threshold a binary model's label is the second class where its score is above this,
 *     strictly
 * @param calibration what the scores have been calibrated by
 */
public record Outputs(
    List<String> names, Kind kind, List<String> classes, float threshold, Calibration calibration)
    implements Serializable {

  /** What the scores mean. */
  public enum Kind {
    /** Plain values; there is no label. */
    VALUES,
    /** One score, the probability of the second class. */
    BINARY,
    /** One score per class. */
    CLASS_SCORES,
    /** One score that is the index of the class. */
    CLASS_INDEX
  }

  public Outputs {
    names = List.copyOf(names);
    Objects.requireNonNull(kind, "kind");
    classes = List.copyOf(classes);
    Objects.requireNonNull(calibration, "calibration");
  }

  /** Creates outputs whose scores are not calibrated. */
  public Outputs(List<String> names, Kind kind, List<String> classes, float threshold) {
    this(names, kind, classes, threshold, Calibration.NONE);
  }

  /** Returns whether rows have a label. */
  public boolean hasLabel() {
    return kind != Kind.VALUES;
  }

  /**
   * Returns the label of a row, if the outputs are classes.
   *
   * @param scores the row's scores start at {@code at}; one for each of {@link #names}
   */
  public Optional<String> label(float[] scores, int at) {
    return hasLabel() ? Optional.of(classes.get(classIndex(scores, at))) : Optional.empty();
  }

  /**
   * Returns the index of a row's class, from 0; -1 if the outputs are no classes.
   *
   * @param scores the row's scores start at {@code at}; one for each of {@link #names}
   */
  public int classIndex(float[] scores, int at) {
    return switch (kind) {
      case VALUES -> -1;
      case BINARY -> scores[at] > threshold ? 1 : 0;
      case CLASS_SCORES -> firstLargest(scores, at);
      case CLASS_INDEX -> (int) scores[at];
    };
  }

  /**
   * Returns the column names of a row's values in a table: {@code what} for a single value, {@code
   * what_<output>} for several.
   *
   * @param count number of values of a row; unless there are as many {@link #names}, they are
   *     numbered
   */
  public List<String> columns(String what, int count) {
    if (count == 1) {
      return List.of(what);
    }

    return IntStream.range(0, count)
        .mapToObj(index -> what + "_" + (names.size() == count ? names.get(index) : index))
        .toList();
  }

  private int firstLargest(float[] scores, int at) {
    int best = 0;
    for (int index = 1; index < names.size(); index++) {
      if (scores[at + index] > scores[at + best]) {
        best = index;
      }
    }

    return best;
  }
}
