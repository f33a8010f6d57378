package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.tables.formats.AskedScores;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What is asked for; read once, never changed.
 *
 * @param published where the scores are; their keys identify a row in the labels, too
 * @param scores what they are
 * @param labels where the labels are
 * @param maturity which partitions count
 * @param unmatched what a score without a label means
 * @param by columns whose values are segments
 * @param challenger the directory that another model's scores of the same rows were published to;
 *     empty without one
 * @param requirements rules that must hold
 */
public record OutcomeQuery(
    AskedScores published,
    Scores scores,
    Labels labels,
    Maturity maturity,
    Unmatched unmatched,
    List<String> by,
    String challenger,
    List<String> requirements) {
  public OutcomeQuery {
    by = List.copyOf(by);
    requirements = List.copyOf(requirements);
  }

  /** Returns the columns that identify a row, in the scores and in the labels. */
  public List<String> keys() {
    return published.keys();
  }

  /** Returns what outcomes can be, as far as that is known before anything is read. */
  Set<OutcomeKind> kinds() {
    if (!scores.group.isEmpty()) {
      return EnumSet.of(OutcomeKind.RANKING);
    } else if (scores.quantile.isPresent()) {
      return EnumSet.of(OutcomeKind.VALUES);
    } else if (!labels.classes.isEmpty()) {
      return EnumSet.of(OutcomeKind.CLASSES);
    } else if (!labels.positive.isEmpty()) {
      return EnumSet.of(OutcomeKind.BINARY);
    }

    return EnumSet.complementOf(EnumSet.of(OutcomeKind.RANKING));
  }

  /** Returns a query for the scores of the challenger, of the same days. */
  OutcomeQuery ofChallenger() {
    return new OutcomeQuery(
        published.in(challenger),
        new Scores(scores.column, "", scores.quantile),
        labels,
        new Maturity(maturity.horizonDays, maturity.asOf, ""),
        unmatched,
        List.of(),
        "",
        List.of());
  }

  /**
   * What the scores of a row are.
   *
   * @param column the column of the scores; empty for the only one
   * @param group the column whose values are lists, in which rows are ranked; empty if they are not
   * @param quantile the share of outcomes that should be below the scores; empty if they are no
   *     quantile
   */
  public record Scores(String column, String group, OptionalDouble quantile) {}

  /**
   * Where the labels are.
   *
   * @param source a path of files or of a table, which has a slash, or a table's name
   * @param column what came
   * @param positive the positive outcome of two; empty if the labels say it
   * @param classes the names of several classes, in the order of their scores; empty if labels that
   *     were stored with the scores say them
   * @param time the column that says when it was known; empty if none does
   * @param weight the column of the rows' weights; empty if each weighs 1
   */
  public record Labels(
      String source,
      String column,
      String positive,
      List<String> classes,
      String time,
      String weight) {
    public Labels {
      classes = List.copyOf(classes);
    }
  }

  /**
   * Which partitions count: those whose day is at least the horizon before the last day.
   *
   * @param horizonDays after how many days all outcomes are known; empty if all partitions count
   * @param asOf the last day; empty for the day of the newest label
   * @param scoredAt the column that says when a row was scored; empty for the day of its partition
   */
  public record Maturity(
      Optional<Integer> horizonDays, Optional<LocalDate> asOf, String scoredAt) {}

  /** What a score without a label means. */
  public enum Unmatched {
    /** It is not known what came. */
    UNKNOWN,
    /** The negative outcome came, if the partition is mature. */
    NEGATIVE
  }
}
