package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;

import io.paritree.output.ScoreColumns;
import io.paritree.spark.ending.RefusedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * The classes of a model, as its published rows have them.
 *
 * @param names by the index of the class
 * @param haveScores whether each has a score; otherwise the one score is the index of a class
 */
record ClassNames(List<String> names, boolean haveScores) {
  static final ClassNames NONE = new ClassNames(List.of(), false);

  /** The last class where classes have no scores: it may have more than rows were labelled as. */
  private static final String OTHERS = "all others";

  private static final int MOST = 1_000;

  ClassNames {
    names = List.copyOf(names);
  }

  /**
   * Finds the classes by the labels of the rows.
   *
   * @return empty if the outputs are no classes, or the two of one score
   * @throws RefusedException if labels and scores do not go together
   */
  static Optional<ClassNames> of(OutcomeQuery query, PublishedScores scores)
      throws RefusedException {
    if (!scores.classColumns().isEmpty()) {
      return Optional.of(ofScores(query, scores));
    }

    return scores.hasLabel() && query.labels().positive().isEmpty()
        ? ofIndexes(scores)
        : Optional.empty();
  }

  /** The label of a row is the first of the classes with the largest score. */
  private static ClassNames ofScores(OutcomeQuery query, PublishedScores scores)
      throws RefusedException {
    Column all = col(PublishedScores.CLASS_SCORES);
    List<String> names = new ArrayList<>();
    for (String column : scores.classColumns()) {
      names.add(column.substring(ScoreColumns.SCORE.length() + 1));
    }

    TreeMap<Integer, String> labels = new TreeMap<>();
    for (Row row : distinct(scores, array_position(all, array_max(all)).minus(1))) {
      int index = (int) row.getDouble(1);
      String before = labels.put(index, row.getString(0));
      if (before != null) {
        throw new RefusedException(
            "Cannot measure %s: rows with the highest score in '%s' have the labels '%s' and '%s', so its columns are not the scores of its classes; give the scores of one class by --score and --positive"
                .formatted(
                    query.scores().name(),
                    scores.classColumns().get(index),
                    before,
                    row.getString(0)));
      }

      names.set(index, row.getString(0));
    }

    return new ClassNames(names, true);
  }

  /** Scores that are the indexes of classes are whole numbers, and not all of them 0 or 1. */
  private static Optional<ClassNames> ofIndexes(PublishedScores scores) {
    Column score = col(PublishedScores.SCORE);
    if (scores.rows().filter(score.gt(1.0)).takeAsList(1).isEmpty()) {
      return Optional.empty();
    }

    List<Row> pairs = distinct(scores, score);
    List<String> names = new ArrayList<>();
    for (Row pair : pairs) {
      double index = pair.getDouble(1);
      if (pairs.size() > MOST || !(index >= 0 && index < MOST && index == Math.rint(index))) {
        return Optional.empty();
      }

      while (names.size() <= index) {
        names.add(String.valueOf(names.size()));
      }

      names.set((int) index, pair.getString(0));
    }

    names.add(OTHERS);
    boolean isOneEach = new HashSet<>(names).size() == names.size();
    return isOneEach ? Optional.of(new ClassNames(names, false)) : Optional.empty();
  }

  private static List<Row> distinct(PublishedScores scores, Column of) {
    Column label = col(PublishedScores.LABEL);
    Dataset<Row> pairs =
        scores
            .rows()
            .filter(label.isNotNull().and(col(PublishedScores.SCORE).isNotNull()))
            .select(label, of.cast(DataTypes.DoubleType).as("class"))
            .distinct();
    return pairs.takeAsList(MOST + 1);
  }

  /** Returns the names that labels have. */
  List<String> known() {
    return haveScores ? names : names.subList(0, names.size() - 1);
  }

  /** Returns the index of a class; -1 if there is none with this name. */
  int index(String name) {
    return known().indexOf(name);
  }
}
