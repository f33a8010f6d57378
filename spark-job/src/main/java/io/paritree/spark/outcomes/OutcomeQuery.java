package io.paritree.spark.outcomes;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.publish.OutputPlace;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is asked for; read once, never changed.
 *
 * @param scores where the scores are
 * @param labels where the labels are
 * @param keys columns that identify a row, in the scores and in the labels
 * @param maturity which partitions count
 * @param unmatched what a score without a label means
 * @param by columns whose values are segments
 * @param challenger another model whose scores of the same rows are measured too
 * @param requirements rules that must hold
 */
public record OutcomeQuery(
    Scores scores,
    Labels labels,
    List<String> keys,
    Maturity maturity,
    Unmatched unmatched,
    List<String> by,
    Optional<Challenger> challenger,
    List<String> requirements) {
  public OutcomeQuery {
    keys = List.copyOf(keys);
    by = List.copyOf(by);
    requirements = List.copyOf(requirements);
  }

  /** Returns a query for the scores of the challenger, of the same days. */
  OutcomeQuery ofChallenger() {
    Challenger other = challenger.orElseThrow();
    boolean isRescored = !other.model.isEmpty();
    return new OutcomeQuery(
        new Scores(
            isRescored ? other.model : other.output,
            other.table,
            scores.tableFormat,
            "",
            scores.column,
            "",
            scores.quantile,
            scores.from,
            scores.to),
        labels,
        keys,
        new Maturity(maturity.horizonDays, maturity.asOf, ""),
        unmatched,
        List.of(),
        Optional.empty(),
        List.of());
  }

  /**
   * Another model, of which scores are stored, or which scores the input again.
   *
   * @param output the directory that its scores were published to; empty for others
   * @param table the table that they were published to; empty for others
   * @param model that scores the input; empty for stored scores
   * @param input a directory or file of rows that it scores; empty for a table
   * @param inputTable the table of these rows; empty for a directory
   * @param inputVersion the version or time at which the table is read; empty for now
   */
  public record Challenger(
      String output,
      String table,
      String model,
      String input,
      String inputTable,
      String inputVersion) {}

  /**
   * Where the scores are.
   *
   * @param output the directory that they were published to; empty for a table
   * @param table the table's name or path; empty for a directory
   * @param stateDirectory of the output; empty for the one that the output records, or the one next
   *     to it
   * @param column the column of the scores; empty for the only one
   * @param group the column whose values are lists, in which rows are ranked; empty if they are not
   * @param quantile the share of outcomes that should be below the scores; empty if they are no
   *     quantile
   * @param from the first day; empty for all days before {@code to}
   * @param to the last day; empty for all days from {@code from}
   */
  public record Scores(
      String output,
      String table,
      AskedFormat tableFormat,
      String stateDirectory,
      String column,
      String group,
      OptionalDouble quantile,
      Optional<LocalDate> from,
      Optional<LocalDate> to) {
    String name() {
      return table.isEmpty() ? output : table;
    }

    /**
     * Returns where their state is.
     *
     * @param directory of the output, or of a table
     * @param hadoop settings of Hadoop's client
     */
    public OutputPlace place(String directory, Map<String, String> hadoop)
        throws IOException, RefusedException {
      OutputPlace place = OutputPlace.of(directory, stateDirectory, hadoop);
      if (place.stateProblem().isPresent()) {
        throw new RefusedException(
            "Cannot use --state-directory %s: %s"
                .formatted(stateDirectory, place.stateProblem().get()));
      }

      return place;
    }

    boolean isOf(Optional<LocalDate> day) {
      boolean isAll = from.isEmpty() && to.isEmpty();
      return isAll
          || day.isPresent()
              && from.map(first -> !day.get().isBefore(first)).orElse(true)
              && to.map(last -> !day.get().isAfter(last)).orElse(true);
    }
  }

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
