package io.paritree.spark.outcomes;

import io.paritree.outcome.BinaryMeasures;
import io.paritree.outcome.Interval;
import io.paritree.outcome.Measure;
import io.paritree.outcome.Measured;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A report as rows of a table: one for each measure that a slice has, and one of its coverage.
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

  /** Returns the values of each row, in the order of the columns. */
  List<Object[]> rows() {
    List<Object[]> rows = new ArrayList<>();
    for (SliceOutcome slice : report.slices()) {
      double coverage =
          slice.scored() == 0 ? Double.NaN : (double) slice.matched() / slice.scored();
      List<Measure> measures =
          new ArrayList<>(List.of(new Measure(COVERAGE, coverage, Optional.empty())));
      slice.measured().ifPresent(measured -> measures.addAll(measured.measures()));
      for (Measure measure : measures) {
        if (!Double.isNaN(measure.value())) {
          rows.add(row(slice, measure));
        }
      }
    }

    return rows;
  }

  private Object[] row(SliceOutcome slice, Measure measure) {
    Optional<Measured> measured = slice.measured();
    return new Object[] {
      run,
      at,
      report.asOf().orElse(null),
      report.query().maturity().horizonDays().orElse(null),
      report.query().scores().name(),
      known(report.scoresVersion()),
      report.query().labels().source(),
      known(report.labels().version()),
      report.query().labels().column(),
      slice.slice().kind().name().toLowerCase(Locale.ROOT),
      slice.slice().name(),
      slice.isMature(),
      slice.scored(),
      slice.matched(),
      slice.leaks(),
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
