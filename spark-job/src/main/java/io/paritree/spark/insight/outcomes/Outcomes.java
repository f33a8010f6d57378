package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.lit;

import io.paritree.Fault;
import io.paritree.outcome.Measured;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.RankOutcome;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import io.paritree.spark.insight.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.report.UsageException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures stored scores by the labels that have come.
 *
 * @param json the report
 * @param text the same for the console
 * @param asOf the day of the newest label that counts; empty if labels have no time
 * @param place where the state of the scores is; empty if that is not known
 * @param unmet rules that do not hold; empty if all do
 */
public record Outcomes(
    byte[] json,
    String text,
    Optional<LocalDate> asOf,
    Optional<OutputPlace> place,
    List<String> unmet) {
  private static final String SHUFFLED = "spark.sql.shuffle.partitions";
  private static final long MOST_OF_TASK = 1_000_000;

  /** How often scores are looked for that are gone when they are read, or are being replaced. */
  static final int LOOKS = 5;

  static final long PAUSE_NANOS = 500_000_000;

  /**
   * Checks rules before anything is read.
   *
   * @throws RuleException if one has not the form of a rule, or has words that are not known, or is
   *     about what such outcomes never have
   */
  public static void check(OutcomeQuery query) throws RuleException {
    OutcomeRules.check(query, query.kinds());
  }

  /**
   * Measures. Where a run publishes a partition again while it is read, all is read once more.
   *
   * @param place where the scores were published to; empty for a table
   * @throws RefusedException if scores or labels cannot be used
   * @throws UsageException if a rule is about a measure that such scores do not have
   * @throws FailedException if files are gone whenever they are read, or being replaced
   */
  public static Outcomes of(SparkSession session, OutcomeQuery query, Optional<OutputPlace> place)
      throws JobException, IOException, RuleException {
    for (int look = 1; true; look++) {
      try {
        return measured(session, query, place);
      } catch (Exception e) { // Spark throws checked ones undeclared
        Optional<String> gone = e instanceof JobException ? Optional.empty() : ParquetRows.gone(e);
        if (gone.isEmpty()) {
          throw e;
        } else if (look == LOOKS) {
          throw new FailedException(
              "Cannot measure %s: files of the scores or of the labels were gone when they were read, %s times (%s); run this again when nobody replaces them"
                  .formatted(query.published().name(), LOOKS, Fault.printableLine(gone.get())),
              e);
        }

        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static Outcomes measured(
      SparkSession session, OutcomeQuery query, Optional<OutputPlace> place)
      throws JobException, IOException, RuleException {
    FoundScores found = FoundScores.of(session, query, place);
    PublishedScores scores = PublishedScores.of(query, found);
    ScoreCounts counts = ScoreCounts.of(query, scores);
    OutcomeText text = OutcomeText.of(query, scores, counts);
    counts.check(query, text);
    checkRules(query, text.kind());
    divide(session, counts.rows());
    OutcomeReport report;
    try (LabelTable labels = LabelTable.of(session, query, scores, text)) {
      report = report(session, query, scores, counts, text, labels);
    }

    report = report.with(OutcomeRules.verdicts(report));
    List<String> unmet =
        report.verdicts().stream()
            .filter(own -> own.result() == Verdict.Result.PASSED && !own.isWarning())
            .map(Verdict::text)
            .toList();
    return new Outcomes(
        report.toJson(), OutcomeTable.of(report), report.asOf(), found.place(), unmet);
  }

  /** Checks rules once it is known what the scores are, and before labels are read. */
  private static void checkRules(OutcomeQuery query, OutcomeKind kind) throws UsageException {
    try {
      OutcomeRules.check(query, Set.of(kind));
    } catch (RuleException e) {
      throw new UsageException(
          "%s (the outcomes of %s are of the kind %s)"
              .formatted(e.getMessage(), query.published().name(), kind.word()),
          e);
    }
  }

  private static OutcomeReport report(
      SparkSession session,
      OutcomeQuery query,
      PublishedScores scores,
      ScoreCounts counts,
      OutcomeText text,
      LabelTable labels)
      throws RefusedException, FailedException, IOException {
    MaturePartitions maturity =
        MaturePartitions.of(query, counts.groups().keySet(), scores.scoredLevel(), labels.asOf());
    checkUnmatched(query, text, maturity);
    Dataset<Row> joined =
        JoinedScores.of(query, scores, labels, maturity.days(session, counts.numbers()))
            .withColumn(GroupColumns.SAID, lit(null).cast("double"));
    Map<Long, Double> said = new HashMap<>();
    counts
        .numbers()
        .forEach(
            (number, group) ->
                said.put(number, text.ofStored(group.label(), query.labels().positive())));
    GroupedScores grouped =
        GroupedScores.of(
            query,
            text.form(query),
            joined,
            query.unmatched() == Unmatched.NEGATIVE ? counts.rows() : labels.used(),
            labels.centre(),
            said::get);
    SliceMeasures measures = new SliceMeasures(query, scores.levels(), counts, text, maturity);
    Map<Integer, RankOutcome> lists =
        text.kind() == OutcomeKind.RANKING
            ? RankedLists.of(joined.filter(JoinedScores.MEASURED), measures.places())
            : Map.of();
    List<SliceOutcome> slices = measures.slices(grouped, lists);
    OutcomeReport report =
        new OutcomeReport(
            query,
            text.kind(),
            labels.asOf(),
            scores.version(),
            scores.packages().of(maturity.versions(counts.groups().keySet())),
            labels,
            counts.absent(),
            scores.quarantined().withLabel(labels, query),
            slices,
            measures.naive(),
            measures.bound(),
            Optional.empty(),
            List.of());
    if (query.challenger().isEmpty()) {
      return report;
    }

    long measured = report.total().measured().map(Measured::rows).orElse(0L);
    try (ChallengerScores challenger = ChallengerScores.of(session, query, scores, labels, text)) {
      return report.with(new SameRows(query, text, challenger).compared(joined, labels, measured));
    }
  }

  /** Has Spark move rows in so many tasks that each of them has few. */
  private static void divide(SparkSession session, long rows) {
    long tasks = Long.parseLong(session.conf().get(SHUFFLED));
    session.conf().set(SHUFFLED, String.valueOf(Math.max(tasks, rows / MOST_OF_TASK)));
  }

  private static void checkUnmatched(
      OutcomeQuery query, OutcomeText text, MaturePartitions maturity) throws RefusedException {
    if (query.unmatched() == Unmatched.UNKNOWN) {
      return;
    } else if (maturity.horizonDays().isEmpty()) {
      throw new RefusedException(
          "Cannot take unmatched rows for negative without --horizon: in no partition is it known that all labels have come");
    } else if (text.kind() == OutcomeKind.CLASSES || text.kind() == OutcomeKind.VALUES) {
      throw new RefusedException(
          "Cannot take unmatched rows for negative: the outcomes of %s are %s, of which none is the negative one"
              .formatted(
                  query.published().name(),
                  text.kind() == OutcomeKind.CLASSES ? "several classes" : "values"));
    }
  }
}
