package io.paritree.spark.outcomes;

import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * Measures each slice of the scores that labels were joined to.
 *
 * <p>The driver reads them in the order of the scores, twice: for what each slice adds up to, and
 * for its measures. So it needs memory for the slices, and for the rows of one task at a time, and
 * the results do not depend on tasks. Each thread has slices of its own, and sees all rows.
 */
final class Matching {
  private static final int TENTHS = 10;
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private final OutcomeQuery query;
  private final List<String> levels;
  private final OutcomeText outcomes;
  private final OutcomeForm form;
  private final MaturePartitions maturity;
  private final ScoreCounts counts;
  private final Map<RowGroup, Known> known = new HashMap<>();
  private final Map<Slice, Sums> slices = new TreeMap<>();
  private final List<NaiveCounts> naive = new ArrayList<>(); // by thread

  /** The rows of some groups while they are read: one slice, or several that are the same. */
  private static final class Sums {
    private final List<Known> groups;
    private final ScoreBins scored = new ScoreBins();
    private final OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    private OutcomeMeasuring measuring;

    Sums(List<Known> groups) {
      this.groups = groups;
      groups.forEach(group -> scored.add(group.scored));
    }
  }

  /** A group while its rows are read. */
  private static final class Known {
    private final ScoreBins scored;
    private final boolean isMature;
    private final boolean countsUnmatched;
    private final double label;
    private final int thread;
    private final List<List<Sums>> slices = new ArrayList<>(); // by thread
    private final ScoreBins matched = new ScoreBins();
    private long leaks;

    Known(ScoreBins scored, boolean isMature, boolean countsUnmatched, double label, int thread) {
      this.scored = scored;
      this.isMature = isMature;
      this.countsUnmatched = countsUnmatched;
      this.label = label;
      this.thread = thread;
      for (int index = 0; index < THREADS; index++) {
        slices.add(new ArrayList<>());
      }
    }

    /** Returns whether a row is measured: without an outcome only if that means something. */
    boolean counts(JoinedBlock block, int row) {
      return !block.isLeak(row) && (block.hasOutcome(row) || countsUnmatched);
    }

    void count(JoinedBlock block, int row, NaiveCounts naive) {
      int bin = block.bin()[row];
      long rows = block.rows()[row];
      boolean isPositive = block.outcome()[row] > 0;
      if (block.hasOutcome(row)) {
        naive.labelled.add(bin, isPositive, rows);
      }

      if (block.isLeak(row)) {
        leaks += rows;
      } else if (block.hasOutcome(row)) {
        matched.add(bin, rows);
      }

      if (isMature && counts(block, row)) {
        naive.measured.add(bin, isPositive, rows);
      }
    }
  }

  /** What a thread counts for a naive join. */
  private static final class NaiveCounts {
    private final NaiveJoin.Counts labelled = new NaiveJoin.Counts(); // mature or not, with leaks
    private final NaiveJoin.Counts measured = new NaiveJoin.Counts(); // of the total
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
    for (int thread = 0; thread < THREADS; thread++) {
      naive.add(new NaiveCounts());
    }
  }

  /** Returns the slices in order: the total, versions, segments, partitions. */
  List<SliceOutcome> slices(JoinedScores joined) {
    List<Sums> different = begin();
    inParallel(joined, this::addUp);
    different.forEach(sums -> sums.measuring = form.measuring(sums.totals.totals()));
    inParallel(joined, this::measure);
    List<SliceOutcome> all = new ArrayList<>();
    slices.forEach((slice, sums) -> all.add(outcome(slice, sums)));
    return all;
  }

  private static void inParallel(JoinedScores joined, ObjIntConsumer<JoinedBlock> each) {
    joined.forEach(
        block ->
            IntStream.range(0, THREADS).parallel().forEach(thread -> each.accept(block, thread)));
  }

  /** Finds the slices, and shares them out. Returns those whose rows differ. */
  private List<Sums> begin() {
    Map<Slice, List<Known>> members = new TreeMap<>();
    members.put(Slice.TOTAL, new ArrayList<>());
    counts
        .groups()
        .forEach(
            (group, scored) -> {
              boolean isMature = maturity.isMature(group);
              Known own =
                  new Known(
                      scored,
                      isMature,
                      isMature && query.unmatched() == Unmatched.NEGATIVE,
                      outcomes.ofStored(group.label(), counts.labels(), query.labels().positive()),
                      known.size() % THREADS);
              known.put(group, own);
              for (Slice slice : Slice.of(group, levels, query.by(), isMature)) {
                members.computeIfAbsent(slice, any -> new ArrayList<>()).add(own);
              }
            });
    Map<List<Known>, Sums> different = new HashMap<>();
    members.forEach(
        (slice, groups) -> slices.put(slice, different.computeIfAbsent(groups, Sums::new)));
    List<Sums> largest = new ArrayList<>(different.values());
    largest.sort(Comparator.comparingLong((Sums sums) -> sums.scored.total()).reversed());
    long[] rows = new long[THREADS];
    for (Sums sums : largest) {
      int thread = least(rows);
      rows[thread] += sums.scored.total();
      sums.groups.forEach(group -> group.slices.get(thread).add(sums));
    }

    return largest;
  }

  private static int least(long[] rows) {
    int least = 0;
    for (int at = 1; at < rows.length; at++) {
      least = rows[at] < rows[least] ? at : least;
    }

    return least;
  }

  /** Returns the groups of a block by their index. */
  private Known[] groups(JoinedBlock block) {
    return block.groups().stream().map(known::get).toArray(Known[]::new);
  }

  private static OutcomeRow row(JoinedBlock block, int row, Known group) {
    return new OutcomeRow(
        block.score()[row],
        block.hasOutcome(row) ? block.outcome()[row] : 0,
        group.label,
        block.weight()[row],
        block.rows()[row],
        block.part()[row]);
  }

  private void addUp(JoinedBlock block, int thread) {
    Known[] groups = groups(block);
    for (int at = 0; at < block.size(); at++) {
      Known group = groups[block.group()[at]];
      OutcomeRow row = row(block, at, group);
      if (outcomes.kind() == OutcomeKind.CLASSES && !row.isOfItsOutcome()) {
        continue; // another one of its scores is counted
      }

      if (group.thread == thread) {
        group.count(block, at, naive.get(thread));
      }

      if (group.counts(block, at)) {
        group.slices.get(thread).forEach(sums -> sums.totals.add(row));
      }
    }
  }

  private void measure(JoinedBlock block, int thread) {
    Known[] groups = groups(block);
    for (int at = 0; at < block.size(); at++) {
      Known group = groups[block.group()[at]];
      if (group.counts(block, at)) {
        OutcomeRow row = row(block, at, group);
        group.slices.get(thread).forEach(sums -> sums.measuring.add(row));
      }
    }
  }

  private static SliceOutcome outcome(Slice slice, Sums sums) {
    ScoreBins matched = new ScoreBins();
    sums.groups.forEach(group -> matched.add(group.matched));
    boolean isMeasured = sums.totals.totals().rows() > 0;
    return new SliceOutcome(
        slice,
        sums.groups.stream().allMatch(group -> group.isMature),
        sums.scored.total(),
        matched.total(),
        sums.groups.stream().mapToLong(group -> group.leaks).sum(),
        coverage(sums.scored, matched),
        isMeasured ? Optional.of(sums.measuring.measured()) : Optional.empty());
  }

  /** Returns the share of rows with a label, of groups of about a tenth of the rows. */
  private static List<Double> coverage(ScoreBins scored, ScoreBins matched) {
    double[] all = new double[TENTHS];
    double[] with = new double[TENTHS];
    double total = scored.total();
    double[] below = new double[1];
    scored.forEach(
        (bin, rows) -> {
          int tenth = (int) Math.min(TENTHS - 1, TENTHS * (below[0] + rows / 2.0) / total);
          all[tenth] += rows;
          with[tenth] += matched.of(bin);
          below[0] += rows;
        });
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

    NaiveJoin.Counts labelled = new NaiveJoin.Counts();
    NaiveJoin.Counts measured = new NaiveJoin.Counts();
    for (NaiveCounts own : naive) {
      labelled.add(own.labelled);
      measured.add(own.measured);
    }

    return Optional.of(NaiveJoin.of(counts.all(), labelled, measured));
  }
}
