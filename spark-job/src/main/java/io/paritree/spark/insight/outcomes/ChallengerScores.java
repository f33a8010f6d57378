package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.paritree.Fault;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.insight.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;

/**
 * The scores of another model for the rows that were published, or for those of them that have a
 * label.
 *
 * @param rows the keys, the partition columns of the published rows that it has too, {@link
 *     #SCORE}, {@link #LABEL}, {@link #CLASS_SCORES} and {@link #VERSION}; one for each key
 * @param keys the columns of the key
 * @param levels those of the partition
 * @param source the directory that they are from
 * @param packages that have scored the rows
 */
record ChallengerScores(
    Dataset<Row> rows,
    List<String> keys,
    List<String> levels,
    String source,
    ScoringPackages packages)
    implements AutoCloseable {
  static final String SCORE = "challenger_score";
  static final String LABEL = "challenger_label";
  static final String CLASS_SCORES = "challenger_class_scores";
  static final String VERSION = "challenger_version";

  private static final String OTHER = "challenger_";
  private static final int SHOWN = 3;

  /**
   * Finds the scores.
   *
   * @throws RefusedException if they cannot be compared with the published ones
   */
  static ChallengerScores of(
      SparkSession session,
      OutcomeQuery query,
      PublishedScores published,
      LabelTable labels,
      OutcomeText text)
      throws RefusedException, FailedException, IOException {
    OutcomeQuery own = query.ofChallenger();
    Dataset<Row> keys = labels.rows().select(columns(keys(query)));
    boolean isOfLabels = query.unmatched() == Unmatched.UNKNOWN;
    OutputPlace place =
        own.published().place(query.challenger(), HadoopPaths.settingsByName(session));
    FoundScores found = FoundScores.of(session, own, Optional.of(place));
    PublishedScores scores = PublishedScores.of(own, found);
    check(own, published, scores, text);
    List<String> levels = new ArrayList<>();
    List<Column> columns = new ArrayList<>(List.of(columns(keys(query))));
    for (int level = 0; level < published.levels().size(); level++) {
      int at = scores.levels().indexOf(published.levels().get(level));
      if (at >= 0) {
        levels.add(PublishedScores.level(level));
        columns.add(
            PublishedScores.text(col(PublishedScores.level(at))).as(PublishedScores.level(level)));
      }
    }

    columns.add(col(PublishedScores.SCORE).as(SCORE));
    columns.add(col(PublishedScores.LABEL).as(LABEL));
    columns.add(col(PublishedScores.CLASS_SCORES).as(CLASS_SCORES));
    columns.add(PublishedScores.text(col(PublishedScores.VERSION)).as(VERSION));
    Dataset<Row> rows =
        scores
            .rows()
            .filter(col(PublishedScores.SCORE).isNotNull())
            .select(columns.toArray(Column[]::new));
    if (isOfLabels) {
      rows = rows.join(keys, keys(query).toArray(String[]::new), "left_semi");
    }

    ChallengerScores all =
        new ChallengerScores(
            rows.persist(), keys(query), levels, query.challenger(), found.packages());
    all.refuseRepeated(own);
    return all;
  }

  private static List<String> keys(OutcomeQuery query) {
    return List.of(PublishedScores.keys(query.keys().size()));
  }

  private static Column[] columns(List<String> names) {
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }

  private static void check(
      OutcomeQuery own, PublishedScores published, PublishedScores scores, OutcomeText text)
      throws RefusedException {
    String name = own.published().name();
    for (int index = 0; index < own.keys().size(); index++) {
      DataType type = scores.keyTypes().get(index);
      DataType wanted = published.keyTypes().get(index);
      if (!LabelRows.areComparable(type, wanted)) {
        throw refused(
            name,
            "its key '%s' is of type %s, and of type %s in the published scores"
                .formatted(own.keys().get(index), type.catalogString(), wanted.catalogString()));
      }
    }

    if (scores.hasLabel() != published.hasLabel()) {
      throw refused(
          name,
          scores.hasLabel()
              ? "its rows have labels, and the published ones have none"
              : "its rows have no labels, and the published ones have some");
    } else if (scores.classColumns().isEmpty() != published.classColumns().isEmpty()) {
      throw refused(
          name,
          published.classColumns().isEmpty()
              ? "its rows have a score for each class, and the published ones have one score"
              : "its rows have one score, and the published ones have one for each class");
    } else if (text.classes().haveScores()) {
      List<String> names = ClassNames.ofScores(own, scores).names();
      if (!names.equals(text.classes().names())) {
        throw refused(
            name,
            "its classes are %s, and those of the published scores %s"
                .formatted(names, text.classes().names()));
      }
    }
  }

  private static RefusedException refused(String name, String why) {
    return new RefusedException(
        "Cannot compare the published scores with %s: %s".formatted(name, why));
  }

  /**
   * Joins them to published rows, also to those of a partition with a null among its values.
   *
   * @param published has the keys and the levels
   */
  Dataset<Row> joinedTo(Dataset<Row> published) {
    Dataset<Row> others = rows;
    Column same = lit(true);
    for (String name : by()) {
      Column other = col(OTHER + name);
      others = others.withColumnRenamed(name, OTHER + name);
      same =
          same.and(
              levels.contains(name)
                  ? PublishedScores.text(col(name)).eqNullSafe(other)
                  : col(name).equalTo(other));
    }

    return published.join(others, same, "inner");
  }

  private List<String> by() {
    return Stream.concat(keys.stream(), levels.stream()).toList();
  }

  private void refuseRepeated(OutcomeQuery own) throws RefusedException {
    List<String> by = by();
    List<Row> repeated =
        rows.groupBy(columns(by))
            .agg(count(lit(1)).as("rows"))
            .filter(col("rows").gt(1))
            .orderBy(columns(by))
            .takeAsList(SHOWN);
    if (!repeated.isEmpty()) {
      String keys =
          repeated.stream()
              .map(
                  row ->
                      IntStream.range(0, by.size())
                          .mapToObj(index -> Fault.printable(String.valueOf(row.get(index))))
                          .collect(Collectors.joining(", ")))
              .collect(Collectors.joining("; "));
      rows.unpersist();
      throw refused(
          own.published().name(), "it has several scores of a key, such as %s".formatted(keys));
    }
  }

  @Override
  public void close() {
    rows.unpersist();
  }
}
