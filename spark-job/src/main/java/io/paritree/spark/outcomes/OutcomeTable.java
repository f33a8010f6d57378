package io.paritree.spark.outcomes;

import io.paritree.Fault;
import io.paritree.outcome.BinaryMeasures;
import io.paritree.outcome.Interval;
import io.paritree.outcome.Measured;
import io.paritree.outcome.ValueMeasures;
import io.paritree.rule.Verdict;
import io.paritree.spark.report.AlignedLines;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A report about outcomes for the console. */
final class OutcomeTable {
  private static final int MOST_PARTITIONS = 40;
  private static final String[] BINARY = {
    "", "scored", "label", "AUC", "95 %", "Brier", "log loss", "rate", "expected"
  };
  private static final String[] VALUES = {
    "", "scored", "label", "RMSE", "MAE", "R2", "mean", "expected"
  };

  private OutcomeTable() {}

  static String of(OutcomeReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Outcomes of %s%s%s\n"
            .formatted(
                report.query().scores().name(),
                report.asOf().map(" as of %s"::formatted).orElse(""),
                report
                    .query()
                    .maturity()
                    .horizonDays()
                    .map(", horizon %s days"::formatted)
                    .orElse("")));
    List<String[]> lines = new ArrayList<>();
    String[] header = report.isBinary() ? BINARY : VALUES;
    lines.add(header);
    long partitions =
        report.slices().stream().filter(own -> own.slice().kind() == Slice.Kind.PARTITION).count();
    long left = Math.max(0, partitions - MOST_PARTITIONS);
    long toLeaveOut = left;
    for (SliceOutcome slice : report.slices()) {
      if (slice.slice().kind() == Slice.Kind.PARTITION && toLeaveOut > 0) {
        toLeaveOut--;
      } else {
        lines.add(line(slice, header.length));
      }
    }

    text.append(AlignedLines.of("  ", "l" + "r".repeat(header.length - 1), lines));
    if (left > 0) {
      text.append("  %s older partitions are in the report\n".formatted(left));
    }

    if (report.naive().isPresent()
        && report.naive().get() instanceof BinaryMeasures naive
        && report.total().measured().orElse(null) instanceof BinaryMeasures own) {
      text.append(
          "  a join that takes missing labels for negative would say AUC %s (%s off), rate %s (%s off)\n"
              .formatted(
                  number(naive.auc()),
                  signed(naive.auc() - own.auc()),
                  number(naive.totals().mean()),
                  signed(naive.totals().mean() - own.totals().mean())));
    }

    if (report.quarantined() > 0) {
      text.append(
          "  %s keys with a label were quarantined and have no score\n"
              .formatted(report.quarantined()));
    }

    report.warnings().forEach(warning -> text.append("  ").append(warning).append('\n'));
    for (Verdict verdict : report.verdicts()) {
      text.append("  %s: %s\n".formatted(OutcomeReport.word(verdict), verdict.text()));
    }

    return text.toString();
  }

  private static String[] line(SliceOutcome slice, int columns) {
    List<String> cells = new ArrayList<>();
    cells.add(slice.slice().name().isEmpty() ? "all rows" : Fault.printable(slice.slice().name()));
    cells.add(String.valueOf(slice.scored()));
    cells.add(
        String.format(
            Locale.ROOT,
            "%.1f %%%s",
            slice.scored() == 0 ? 0.0 : 100.0 * slice.matched() / slice.scored(),
            slice.isMature() ? "" : " (immature)"));
    slice.measured().ifPresent(measured -> cells.addAll(numbers(measured)));
    cells.addAll(Collections.nCopies(columns - cells.size(), ""));
    return cells.toArray(String[]::new);
  }

  private static List<String> numbers(Measured measured) {
    if (measured instanceof BinaryMeasures own) {
      Interval interval = own.measures().get(0).interval().orElseThrow();
      return List.of(
          number(own.auc()),
          number(interval.low()) + " to " + number(interval.high()),
          number(own.brier()),
          number(own.logLoss()),
          number(own.totals().mean()),
          number(own.meanScore()));
    }

    ValueMeasures own = (ValueMeasures) measured;
    return List.of(
        number(own.rootMeanSquaredError()),
        number(own.meanAbsoluteError()),
        number(own.explained()),
        number(own.totals().mean()),
        number(own.meanScore()));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String signed(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%+.4f", value);
  }
}
