package io.paritree.spark.outcomes;

import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures each slice of the scores that labels were joined to.
 *
 * <p>The driver reads them in the order of the scores, twice: for what each slice adds up to, and
 * for its measures. So it needs memory for the slices, and for the rows of one task at a time, and
 * the results do not depend on tasks.
 */
final class Matching {
  private static final int TENTHS = 10;

  private final OutcomeQuery query;
  private final List<String> levels;
  private final OutcomeText outcomes;
  private final OutcomeForm form;
  private final MaturePartitions maturity;
  private final ScoreCounts counts;
  private final Map<Slice, Sums> slices = new TreeMap<>();
  private final Map<RowGroup, Known> known = new HashMap<>();
  private final NaiveJoin.Counts labelled = new NaiveJoin.Counts(); // mature or not, with leaks
  private final NaiveJoin.Counts measured = new NaiveJoin.Counts(); // of the total

  /** A slice while its rows are read. */
  private static final class Sums {
    private final Map<Integer, Long> scored = new TreeMap<>();
    private final Map<Integer, Long> matched = new TreeMap<>();
    private final OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    private OutcomeMeasuring measuring;
    private boolean isMature = true;
    private long leaks;
  }

  /** What is known of a group, so that it is not found out for each row. */
  private static final class Known {
    private final boolean isMature;
    private final boolean countsUnmatched;
    private final List<Sums> slices;
    private final Map<Integer, Long> matched = new TreeMap<>();

    Known(boolean isMature, boolean countsUnmatched, List<Sums> slices) {
      this.isMature = isMature;
      this.countsUnmatched = countsUnmatched;
      this.slices = slices;
    }
  }

  Matching(
      OutcomeQuery query,
      List<String> levels,
      ScoreCounts counts,
      OutcomeText outcomes,
      MaturePartitions maturity) {
    this.query = query;
    this.levels = levels;
    this.counts = counts;
    this.outcomes = outcomes;
    this.form = outcomes.form(query);
    this.maturity = maturity;
  }

  /** Returns the slices in order: the total, versions, segments, partitions. */
  List<SliceOutcome> slices(JoinedScores joined) {
    counts.groups().forEach(this::begin);
    slices.computeIfAbsent(Slice.TOTAL, any -> new Sums());
    joined.forEach(this::addUp);
    for (Known group : known.values()) {
      for (Sums sums : group.slices) {
        group.matched.forEach((bin, rows) -> sums.matched.merge(bin, rows, Long::sum));
      }
    }

    slices.values().forEach(sums -> sums.measuring = form.measuring(sums.totals.totals()));
    joined.forEach(this::measure);
    List<SliceOutcome> all = new ArrayList<>();
    slices.forEach((slice, sums) -> all.add(outcome(slice, sums)));
    return all;
  }

  private void begin(RowGroup group, Map<Integer, Long> bins) {
    boolean isMature = maturity.isMature(group);
    List<Sums> own = new ArrayList<>();
    for (Slice slice : Slice.of(group, levels, query.by(), isMature)) {
      Sums sums = slices.computeIfAbsent(slice, any -> new Sums());
      sums.isMature &= isMature;
      bins.forEach((bin, rows) -> sums.scored.merge(bin, rows, Long::sum));
      own.add(sums);
    }

    boolean countsUnmatched = isMature && query.unmatched() == Unmatched.NEGATIVE;
    known.put(group, new Known(isMature, countsUnmatched, own));
  }

  /** Returns the groups of a block by their index. */
  private Known[] groups(JoinedBlock block) {
    return block.groups().stream().map(known::get).toArray(Known[]::new);
  }

  /** Returns whether a row is measured: without an outcome only if that means something. */
  private static boolean counts(JoinedBlock block, int row, Known group) {
    return !block.isLeak()[row] && (block.hasOutcome(row) || group.countsUnmatched);
  }

  private static OutcomeRow row(JoinedBlock block, int row, double label) {
    return new OutcomeRow(
        block.score()[row],
        block.hasOutcome(row) ? block.outcome()[row] : 0,
        label,
        block.weight()[row],
        block.rows()[row],
        block.part()[row]);
  }

  /** Returns whether a row is itself counted here, not only another one of its scores. */
  private boolean isCounted(JoinedBlock block, int row) {
    return outcomes.kind() != OutcomeKind.CLASSES || row(block, row, Double.NaN).isOfItsOutcome();
  }

  private void addUp(JoinedBlock block) {
    Known[] groups = groups(block);
    for (int row = 0; row < block.size(); row++) {
      if (!isCounted(block, row)) {
        continue;
      }

      Known group = groups[block.group()[row]];
      int bin = ScoreCounts.bin(block.least()[row]);
      long rows = block.rows()[row];
      boolean isPositive = block.outcome()[row] > 0;
      if (block.hasOutcome(row)) {
        labelled.add(bin, isPositive, rows);
      }

      if (block.isLeak()[row]) {
        group.slices.forEach(sums -> sums.leaks += rows);
      } else if (block.hasOutcome(row)) {
        group.matched.merge(bin, rows, Long::sum);
      }

      if (counts(block, row, group)) {
        OutcomeRow own = row(block, row, Double.NaN);
        group.slices.forEach(sums -> sums.totals.add(own));
        if (group.isMature) {
          measured.add(bin, isPositive, rows);
        }
      }
    }
  }

  private void measure(JoinedBlock block) {
    Known[] groups = groups(block);
    double[] labels =
        block.labels().stream()
            .mapToDouble(
                label -> outcomes.ofStored(label, counts.labels(), query.labels().positive()))
            .toArray();
    for (int row = 0; row < block.size(); row++) {
      Known group = groups[block.group()[row]];
      if (counts(block, row, group)) {
        OutcomeRow own = row(block, row, labels[block.label()[row]]);
        group.slices.forEach(sums -> sums.measuring.add(own));
      }
    }
  }

  private static SliceOutcome outcome(Slice slice, Sums sums) {
    long matched = sum(sums.matched);
    boolean isMeasured = sums.totals.totals().rows() > 0;
    return new SliceOutcome(
        slice,
        sums.isMature,
        sum(sums.scored),
        matched,
        sums.leaks,
        coverage(sums.scored, sums.matched),
        isMeasured ? Optional.of(sums.measuring.measured()) : Optional.empty());
  }

  private static long sum(Map<Integer, Long> bins) {
    return bins.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the share of rows with a label, of groups of about a tenth of the rows. */
  private static List<Double> coverage(Map<Integer, Long> scored, Map<Integer, Long> matched) {
    double[] all = new double[TENTHS];
    double[] with = new double[TENTHS];
    double total = sum(scored);
    double below = 0;
    for (Map.Entry<Integer, Long> bin : scored.entrySet()) {
      long rows = bin.getValue();
      int tenth = (int) Math.min(TENTHS - 1, TENTHS * (below + rows / 2.0) / total);
      all[tenth] += rows;
      with[tenth] += matched.getOrDefault(bin.getKey(), 0L);
      below += rows;
    }

    List<Double> coverage = new ArrayList<>();
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      if (all[tenth] > 0) {
        coverage.add(with[tenth] / all[tenth]);
      }
    }

    return coverage;
  }

  /**
   * Returns what a naive join says; empty for other kinds than two outcomes, and with weights,
   * which rows without a label do not have.
   */
  Optional<NaiveJoin> naive() {
    if (outcomes.kind() != OutcomeKind.BINARY || !query.labels().weight().isEmpty()) {
      return Optional.empty();
    }

    Map<Integer, Long> all = new TreeMap<>();
    counts
        .groups()
        .values()
        .forEach(bins -> bins.forEach((bin, rows) -> all.merge(bin, rows, Long::sum)));
    return Optional.of(NaiveJoin.of(all, labelled, measured));
  }
}
