package io.paritree.output;

import io.paritree.model.manifest.Outputs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns that a model adds to a row wherever rows with scores are stored, logged or returned
 * as a table: scores, margins, the label, in this order.
 *
 * @param scores {@code score}, or {@code score_<output>} where there are several
 * @param margins {@code margin}, or {@code margin_<output>}; empty if none are written
 * @param hasLabel whether there is a {@code label}
 */
public record ScoreColumns(List<String> scores, List<String> margins, boolean hasLabel) {
  public static final String SCORE = "score";
  public static final String MARGIN = "margin";
  public static final String LABEL = "label";

  /** The version of the model, the last column of a row. */
  public static final String MODEL_VERSION = "model_version";

  public ScoreColumns {
    scores = List.copyOf(scores);
    margins = List.copyOf(margins);
  }

  /**
   * Returns the columns of a model.
   *
   * @param scores number of scores of a row
   * @param margins number of margins of a row; 0 if none are written
   */
  public static ScoreColumns of(Outputs outputs, int scores, int margins) {
    return new ScoreColumns(
        outputs.columns(SCORE, scores), outputs.columns(MARGIN, margins), outputs.hasLabel());
  }

  /** Returns the column that another model, which a run calls by this name, has for a column. */
  public static String ofChallenger(String column, String name) {
    return "%s_%s".formatted(column, name);
  }

  /**
   * Returns those of a row's columns that other models have: of each its scores, the label if it
   * has one, and the version, side by side.
   */
  public static Set<String> ofChallengers(List<String> columns) {
    String version = ofChallenger(MODEL_VERSION, "");
    Set<String> found = new HashSet<>();
    for (int index = 0; index < columns.size(); index++) {
      if (columns.get(index).startsWith(version)) {
        String name = columns.get(index).substring(version.length());
        int at = index;
        do {
          found.add(columns.get(at));
          at--;
        } while (at >= 0 && isScoredBy(columns.get(at), name));
      }
    }

    return found;
  }

  /** Returns whether a column may be one of those that another model has by this name. */
  public static boolean isOfChallenger(String column, String name) {
    return column.equals(ofChallenger(MODEL_VERSION, name)) || isScoredBy(column, name);
  }

  private static boolean isScoredBy(String column, String name) {
    return column.equals(ofChallenger(LABEL, name))
        || column.startsWith(SCORE + "_") && column.endsWith("_" + name);
  }

  /** Returns the columns of floats: scores and margins. */
  public List<String> numbers() {
    List<String> numbers = new ArrayList<>(scores);
    numbers.addAll(margins);
    return numbers;
  }

  /** Returns all columns. */
  public List<String> names() {
    List<String> names = numbers();
    if (hasLabel) {
      names.add(LABEL);
    }

    return names;
  }
}
