package io.paritree.spark.insight.outcomes;

import io.paritree.Fault;
import io.paritree.outcome.BinaryMeasures;
import io.paritree.outcome.Interval;
import io.paritree.outcome.Measure;
import io.paritree.rule.Verdict;
import io.paritree.spark.report.AlignedLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A report about outcomes for the console. */
final class OutcomeTable {
  private static final int MOST_PARTITIONS = 40;
  private static final String INTERVAL = "95 %";
  private static final String[] BEGIN = {"", "scored", "label"};

  /**
   * A column of numbers.
   *
   * @param isInterval whether it has the interval of the measure, not its value
   */
  private record Cell(String title, String measure, boolean isInterval) {
    String text(List<Measure> measures) {
      Measure own =
          measures.stream().filter(any -> any.name().equals(measure)).findFirst().orElseThrow();
      return isInterval ? own.interval().map(OutcomeTable::range).orElse("-") : number(own.value());
    }
  }

  private OutcomeTable() {}

  static String of(OutcomeReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Outcomes of %s%s%s\n"
            .formatted(
                report.query().published().name(),
                report.asOf().map(" as of %s"::formatted).orElse(""),
                report
                    .query()
                    .maturity()
                    .horizonDays()
                    .map(", horizon %s days"::formatted)
                    .orElse("")));
    List<String[]> lines = new ArrayList<>();
    List<Cell> columns = columns(report);
    lines.add(
        Stream.concat(Stream.of(BEGIN), columns.stream().map(Cell::title)).toArray(String[]::new));
    long partitions =
        report.slices().stream().filter(own -> own.slice().kind() == Slice.Kind.PARTITION).count();
    long left = Math.max(0, partitions - MOST_PARTITIONS);
    long toLeaveOut = left;
    for (SliceOutcome slice : report.slices()) {
      if (slice.slice().kind() == Slice.Kind.PARTITION && toLeaveOut > 0) {
        toLeaveOut--;
      } else {
        lines.add(line(slice, columns));
      }
    }

    int numbers = BEGIN.length + columns.size() - 1;
    text.append(AlignedLines.of("  ", "l" + "r".repeat(numbers), lines));
    if (left > 0) {
      text.append("  %s older partitions are in the report\n".formatted(left));
    }

    if (report.naive().isPresent()
        && report.total().measured().orElse(null) instanceof BinaryMeasures own) {
      NaiveJoin naive = report.naive().get();
      String auc =
          Double.isNaN(naive.aucDifference())
              ? "" // one of them has one outcome only
              : "AUC %s (%s off), "
                  .formatted(number(naive.auc(own)), signed(naive.aucDifference()));
      text.append(
          "  a join that takes missing labels for negative would say %srate %s (%s off)\n"
              .formatted(auc, number(naive.rate()), signed(naive.rateDifference(own))));
    }

    report.comparison().ifPresent(comparison -> text.append(of(comparison)));
    if (report.quarantined().isEmpty()) {
      text.append("  it is not known how many keys with a label were quarantined\n");
    } else if (report.quarantined().getAsLong() > 0) {
      text.append(
          "  quarantined keys with a label, which have no score: %s\n"
              .formatted(report.quarantined().getAsLong()));
    }

    report.warnings().forEach(warning -> text.append("  ").append(warning).append('\n'));
    for (Verdict verdict : report.verdicts()) {
      String why = String.join("; ", verdict.absences());
      text.append("  %s: %s%s\n".formatted(OutcomeReport.word(verdict), verdict.text(), why));
    }

    return text.toString();
  }

  private static List<Cell> columns(OutcomeReport report) {
    if (report.query().scores().quantile().isPresent()) {
      return List.of(
          new Cell("pinball loss", "pinball_loss", false),
          new Cell("below", "share_below", false),
          new Cell("mean", "mean_outcome", false),
          new Cell("quantile", "mean_score", false));
    }

    return switch (report.kind()) {
      case BINARY ->
          List.of(
              new Cell("AUC", "auc", false),
              new Cell(INTERVAL, "auc", true),
              new Cell("Brier", "brier", false),
              new Cell("log loss", "log_loss", false),
              new Cell("rate", "rate", false),
              new Cell("expected", "mean_score", false));
      case VALUES ->
          List.of(
              new Cell("RMSE", "rmse", false),
              new Cell("MAE", "mae", false),
              new Cell("R2", "r2", false),
              new Cell("mean", "mean_outcome", false),
              new Cell("expected", "mean_score", false));
      case CLASSES ->
          List.of(
              new Cell("accuracy", "accuracy", false),
              new Cell(INTERVAL, "accuracy", true),
              new Cell("log loss", "log_loss", false),
              new Cell("AUC", "auc", false));
      case RANKING ->
          List.of(
              new Cell("NDCG@5", "ndcg@5", false),
              new Cell("NDCG@10", "ndcg@10", false),
              new Cell(INTERVAL, "ndcg@10", true));
    };
  }

  private static String[] line(SliceOutcome slice, List<Cell> columns) {
    List<String> cells = new ArrayList<>();
    cells.add(slice.slice().name().isEmpty() ? "all rows" : Fault.printable(slice.slice().name()));
    cells.add(String.valueOf(slice.scored()));
    cells.add(
        String.format(
            Locale.ROOT,
            "%.1f %%%s",
            slice.scored() == 0 ? 0.0 : 100.0 * slice.matched() / slice.scored(),
            slice.isMature() ? "" : " (immature)"));
    for (Cell column : columns) {
      cells.add(slice.measured().map(own -> column.text(own.measures())).orElse(""));
    }

    return cells.toArray(String[]::new);
  }

  /** The measures whose difference has an interval. */
  private static String of(ModelComparison comparison) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"", "published", "challenger", "difference", INTERVAL});
    List<Measure> published = comparison.difference().published().measures();
    List<Measure> challenger = comparison.difference().challenger().measures();
    List<Measure> differences = comparison.difference().differences();
    for (int index = 0; index < differences.size(); index++) {
      Measure own = differences.get(index);
      if (own.interval().isPresent()) {
        lines.add(
            new String[] {
              own.name(),
              number(published.get(index).value()),
              number(challenger.get(index).value()),
              signed(own.value()),
              signed(own.interval().get().low()) + " to " + signed(own.interval().get().high())
            });
      }
    }

    return "  of %s rows with a label, %s were scored by %s too%s\n"
            .formatted(
                comparison.rows() + comparison.unscored(),
                comparison.rows(),
                comparison.versions().isEmpty()
                    ? "the challenger"
                    : Fault.printable(comparison.versions()),
                lines.size() == 1 ? ", too few for an interval" : "")
        + (lines.size() == 1 ? "" : AlignedLines.of("  ", "lrrrr", lines));
  }

  private static String range(Interval interval) {
    return number(interval.low()) + " to " + number(interval.high());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String signed(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%+.4f", value);
  }
}
