package io.paritree.spark.outcomes;

import io.paritree.outcome.BinaryMeasures;
import io.paritree.outcome.Interval;
import io.paritree.outcome.Measure;
import io.paritree.outcome.Measured;
import io.paritree.outcome.OutcomeDifference;
import io.paritree.outcome.OutcomeWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A report as rows of a table: one for each measure that a slice has, and one of its coverage. The
 * rows that two models have scored are three more slices: of either model, and of the difference.
 *
 * @param run that has measured
 * @param at when it began
 */
record OutcomeRows(String run, Instant at, OutcomeReport report) {
  static final StructType COLUMNS =
      new StructType()
          .add("run", DataTypes.StringType)
          .add("at", DataTypes.TimestampType)
          .add("as_of", DataTypes.DateType)
          .add("horizon_days", DataTypes.IntegerType)
          .add("scores", DataTypes.StringType)
          .add("scores_version", DataTypes.StringType)
          .add("labels", DataTypes.StringType)
          .add("labels_version", DataTypes.StringType)
          .add("label", DataTypes.StringType)
          .add("slice", DataTypes.StringType)
          .add("name", DataTypes.StringType)
          .add("mature", DataTypes.BooleanType)
          .add("scored", DataTypes.LongType)
          .add("matched", DataTypes.LongType)
          .add("leaks", DataTypes.LongType)
          .add("n", DataTypes.LongType)
          .add("positives", DataTypes.LongType)
          .add("measure", DataTypes.StringType)
          .add("value", DataTypes.DoubleType)
          .add("low", DataTypes.DoubleType)
          .add("high", DataTypes.DoubleType);

  private static final String COVERAGE = "coverage";
  private static final String PUBLISHED = "published";

  /** What rows of the table say of the same rows of scores, as the columns of these names. */
  private record Part(
      String slice,
      String name,
      boolean isMature,
      long scored,
      long matched,
      long leaks,
      Optional<Measured> measured) {}

  /** Returns the values of each row, in the order of the columns. */
  List<Object[]> rows() {
    List<Object[]> rows = new ArrayList<>();
    for (SliceOutcome slice : report.slices()) {
      double coverage =
          slice.scored() == 0 ? Double.NaN : (double) slice.matched() / slice.scored();
      List<Measure> measures =
          new ArrayList<>(List.of(new Measure(COVERAGE, coverage, Optional.empty())));
      slice.measured().ifPresent(measured -> measures.addAll(measured.measures()));
      Part part =
          new Part(
              slice.slice().kind().name().toLowerCase(Locale.ROOT),
              slice.slice().name(),
              slice.isMature(),
              slice.scored(),
              slice.matched(),
              slice.leaks(),
              slice.measured());
      add(rows, part, measures);
    }

    report.comparison().ifPresent(comparison -> add(rows, comparison));
    return rows;
  }

  private void add(List<Object[]> rows, ModelComparison comparison) {
    OutcomeDifference difference = comparison.difference();
    String name = comparison.versions();
    Measured published = difference.published();
    Measured challenger = difference.challenger();
    add(rows, part(comparison, PUBLISHED, "", published), published.measures());
    add(rows, part(comparison, OutcomeWords.CHALLENGER, name, challenger), challenger.measures());
    add(rows, part(comparison, OutcomeWords.DIFFERENCE, name, published), difference.differences());
  }

  /** Returns the rows that both have scored, all of them mature and with a label that counts. */
  private static Part part(
      ModelComparison comparison, String slice, String name, Measured measured) {
    return new Part(
        slice, name, true, comparison.rows(), comparison.rows(), 0, Optional.of(measured));
  }

  private void add(List<Object[]> rows, Part part, List<Measure> measures) {
    for (Measure measure : measures) {
      if (!Double.isNaN(measure.value())) {
        rows.add(row(part, measure));
      }
    }
  }

  private Object[] row(Part part, Measure measure) {
    Optional<Measured> measured = part.measured;
    return new Object[] {
      run,
      at,
      report.asOf().orElse(null),
      report.query().maturity().horizonDays().orElse(null),
      report.query().published().name(),
      known(report.scoresVersion()),
      report.query().labels().source(),
      known(report.labels().version()),
      report.query().labels().column(),
      part.slice,
      part.name,
      part.isMature,
      part.scored,
      part.matched,
      part.leaks,
      measured.map(Measured::rows).orElse(0L),
      measured.map(OutcomeRows::positives).orElse(null),
      measure.name(),
      measure.value(),
      measure.interval().map(Interval::low).orElse(null),
      measure.interval().map(Interval::high).orElse(null)
    };
  }

  private static Long positives(Measured measured) {
    return measured instanceof BinaryMeasures binary ? binary.totals().positiveRows() : null;
  }

  private static String known(String version) {
    return version.isEmpty() ? null : version;
  }
}
