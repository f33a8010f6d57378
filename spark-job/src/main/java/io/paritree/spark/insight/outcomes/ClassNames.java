package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;

import io.paritree.NameList;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.report.RefusedException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * The classes of a model, as its published rows have them, or as {@code --classes} names them.
 *
 * @param names by the index of the class
 * @param haveScores whether each has a score; otherwise the one score is the index of a class
 * @param areAll whether {@link #names} are all classes; otherwise the last stands for all others
 * @param unnamed columns of scores of which nothing says which class they are of: no row has it
 */
record ClassNames(List<String> names, boolean haveScores, boolean areAll, List<String> unnamed)
    implements Serializable {
  static final ClassNames NONE = new ClassNames(List.of(), false, false, List.of());

  /** The last class where classes have no scores: it may have more than rows were labelled as. */
  private static final String OTHERS = "all others";

  private static final String CLASS = "class";
  private static final String LEAST = "least";
  private static final int MOST = 1_000;

  ClassNames {
    names = List.copyOf(names);
    unnamed = List.copyOf(unnamed);
  }

  /** A label with the index of a class, which rows have together. */
  private record Pair(double index, String label, double least) {}

  /**
   * Finds the classes by the labels of the rows.
   *
   * @param most the highest score
   * @return empty if the outputs are no classes, or the two of one score
   * @throws RefusedException if labels, scores and given names do not go together
   */
  static Optional<ClassNames> of(OutcomeQuery query, PublishedScores scores, double most)
      throws RefusedException {
    Optional<ClassNames> found = Optional.empty();
    if (!scores.classColumns().isEmpty()) {
      found = Optional.of(ofScores(query, scores));
    } else if (scores.hasLabel() && query.labels().positive().isEmpty()) {
      found = ofIndexes(query, scores, most);
    }

    if (found.isEmpty() && !query.labels().classes().isEmpty()) {
      throw refused(query, "--classes names classes, and its scores are not those of classes");
    }

    return found;
  }

  private static RefusedException refused(OutcomeQuery query, String why) {
    return new RefusedException("Cannot measure %s: %s".formatted(query.published().name(), why));
  }

  /** The label of a row is the first of the classes with the largest score. */
  static ClassNames ofScores(OutcomeQuery query, PublishedScores scores) throws RefusedException {
    Column all = col(PublishedScores.CLASS_SCORES);
    List<String> columns = scores.classColumns();
    List<String> given = query.labels().classes();
    if (!given.isEmpty() && given.size() != columns.size()) {
      throw refused(
          query,
          "--classes has %s names, and rows have %s scores: %s"
              .formatted(given.size(), columns.size(), NameList.known(columns)));
    }

    TreeMap<Integer, String> labels = new TreeMap<>();
    for (Pair pair : pairs(scores, array_position(all, array_max(all)).minus(1), array_min(all))) {
      int index = (int) pair.index;
      String before = labels.put(index, pair.label);
      if (before != null) {
        throw refused(
            query,
            "rows with the highest score in '%s' have the labels '%s' and '%s', so its columns are not the scores of its classes; give the scores of one class by --score and --positive"
                .formatted(columns.get(index), before, pair.label));
      } else if (pair.least < 0) {
        throw refused(
            query,
            "the scores of its classes are no probabilities, 0 to 1; give the scores of one class by --score and --positive");
      }
    }

    checkGiven(query, labels);
    return given.isEmpty() ? named(columns, labels) : new ClassNames(given, true, true, List.of());
  }

  private static void checkGiven(OutcomeQuery query, Map<Integer, String> labels)
      throws RefusedException {
    List<String> given = query.labels().classes();
    for (Map.Entry<Integer, String> own : labels.entrySet()) {
      int index = own.getKey();
      if (index < given.size() && !given.get(index).equals(own.getValue())) {
        throw refused(
            query,
            "--classes says '%s' of class %s, of which rows have the label '%s'; give the names in the order of the scores"
                .formatted(given.get(index), index, own.getValue()));
      }
    }
  }

  /** Names the classes by labels; by columns the classes of no row, if those name the others. */
  private static ClassNames named(List<String> columns, Map<Integer, String> labels) {
    List<String> names = new ArrayList<>();
    columns.forEach(column -> names.add(column.substring(ScoreColumns.SCORE.length() + 1)));
    boolean areNamed =
        labels.entrySet().stream().allMatch(own -> names.get(own.getKey()).equals(own.getValue()));
    List<String> unnamed = new ArrayList<>();
    for (int index = 0; !areNamed && index < columns.size(); index++) {
      if (labels.containsKey(index)) {
        names.set(index, labels.get(index));
      } else {
        names.set(index, columns.get(index));
        unnamed.add(columns.get(index));
      }
    }

    return new ClassNames(names, true, true, unnamed);
  }

  /** Scores that are the indexes of classes are whole numbers, and not all of them 0 or 1. */
  private static Optional<ClassNames> ofIndexes(
      OutcomeQuery query, PublishedScores scores, double most) throws RefusedException {
    Column score = col(PublishedScores.SCORE);
    List<String> given = query.labels().classes();
    if (given.isEmpty() && !(most > 1)) {
      return Optional.empty();
    }

    List<Pair> pairs = pairs(scores, score, score);
    TreeMap<Integer, String> labels = new TreeMap<>();
    for (Pair pair : pairs) {
      double index = pair.index;
      boolean isIndex = index >= 0 && index < MOST && index == Math.rint(index);
      if (pairs.size() > MOST || !isIndex || labels.put((int) index, pair.label) != null) {
        return Optional.empty();
      }
    }

    if (!given.isEmpty() && !labels.isEmpty() && labels.lastKey() >= given.size()) {
      throw refused(
          query,
          "--classes has %s names, and rows have the class %s; classes are counted from 0"
              .formatted(given.size(), labels.lastKey()));
    }

    checkGiven(query, labels);
    if (labels.isEmpty()) {
      return Optional.empty();
    } else if (!given.isEmpty()) {
      return Optional.of(new ClassNames(given, false, true, List.of()));
    }

    List<String> names = new ArrayList<>();
    for (int index = 0; index <= labels.lastKey(); index++) {
      names.add(labels.getOrDefault(index, String.valueOf(index)));
    }

    names.add(OTHERS);
    boolean isOneEach = new HashSet<>(names).size() == names.size();
    return isOneEach
        ? Optional.of(new ClassNames(names, false, false, List.of()))
        : Optional.empty();
  }

  /** Returns which labels and indexes rows have together, in the order of the indexes. */
  private static List<Pair> pairs(PublishedScores scores, Column index, Column least) {
    Column label = col(PublishedScores.LABEL);
    Dataset<Row> pairs =
        scores
            .rows()
            .filter(label.isNotNull().and(col(PublishedScores.SCORE).isNotNull()))
            .select(label, index.cast(DataTypes.DoubleType).as(CLASS), least.as(LEAST))
            .groupBy(col(CLASS), label)
            .agg(min(col(LEAST)))
            .orderBy(col(CLASS), label);
    return pairs.takeAsList(MOST + 1).stream()
        .map(row -> new Pair(row.getDouble(0), row.getString(1), row.getDouble(2)))
        .toList();
  }

  /** Returns the names that labels have. */
  List<String> known() {
    return areAll ? names : names.subList(0, names.size() - 1);
  }

  /** Returns the index of a class; -1 if there is none with this name. */
  int index(String name) {
    return known().indexOf(name);
  }
}
