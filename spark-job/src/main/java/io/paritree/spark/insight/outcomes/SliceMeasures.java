package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.Measured;
import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.RankOutcome;
import io.paritree.outcome.ScoreOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Measures each slice of the scores that labels were joined to, in one pass over their groups. */
final class SliceMeasures {
  private final OutcomeQuery query;
  private final OutcomeText outcomes;
  private final ScoreCounts counts;
  private final Map<Slice, Sums> slices = new TreeMap<>();
  private final Map<Long, List<Sums>> ofGroups = new HashMap<>(); // by the number of the group
  private final List<Sums> different; // of which each slice is one
  private final Map<Long, Boolean> mature = new HashMap<>();

  // What a join says that takes missing labels for negative, and the same of what is measured.
  private final ScoreOrder naive = new ScoreOrder();
  private final ScoreOrder measured = new ScoreOrder();

  /** The rows of some groups while they are read: one slice, or several that are the same. */
  private static final class Sums {
    private final int place;
    private final boolean isMature;
    private final long scored;
    private final Coverage coverage;
    private final OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    private final Map<Long, ScoreOrder> orders = new HashMap<>(); // of classes one each
    private OutcomeMeasuring measuring;
    private long matched;
    private long leaks;

    Sums(int place, boolean isMature, long scored) {
      this.place = place;
      this.isMature = isMature;
      this.scored = scored;
      this.coverage = new Coverage(scored);
    }

    void count(CountedRows group, int bin) {
      OutcomeRow row = group.row();
      if (group.isLeak()) {
        leaks += row.rows();
      } else if (group.hasOutcome()) {
        matched += row.rows();
        coverage.addMatched(bin, row.rows());
      }

      if (group.isMeasured()) {
        totals.add(row);
      }
    }

    SliceOutcome outcome(Slice slice) {
      Measured own = measuring.measured();
      return new SliceOutcome(
          slice,
          isMature,
          scored,
          matched,
          leaks,
          coverage.shares(),
          own.rows() > 0 ? Optional.of(own) : Optional.empty());
    }
  }

  SliceMeasures(
      OutcomeQuery query,
      List<String> levels,
      ScoreCounts counts,
      OutcomeText outcomes,
      MaturePartitions maturity) {
    this.query = query;
    this.outcomes = outcomes;
    this.counts = counts;
    Map<Slice, List<Long>> members = new TreeMap<>();
    members.put(Slice.TOTAL, new ArrayList<>());
    counts
        .numbers()
        .forEach(
            (number, group) -> {
              mature.put(number, maturity.isMature(group));
              ofGroups.put(number, new ArrayList<>());
              for (Slice slice : Slice.of(group, levels, query.by(), mature.get(number))) {
                members.computeIfAbsent(slice, any -> new ArrayList<>()).add(number);
              }
            });
    Map<Long, Long> rows = new HashMap<>();
    counts.bins().forEach(own -> rows.merge(own.number(), own.rows(), Long::sum));
    Map<List<Long>, Sums> byMembers = new HashMap<>();
    this.different = new ArrayList<>();
    members.forEach(
        (slice, numbers) -> {
          if (!byMembers.containsKey(numbers)) {
            long scored = numbers.stream().mapToLong(own -> rows.getOrDefault(own, 0L)).sum();
            Sums sums = new Sums(different.size(), numbers.stream().allMatch(mature::get), scored);
            byMembers.put(numbers, sums);
            different.add(sums);
            numbers.forEach(own -> ofGroups.get(own).add(sums));
          }

          slices.put(slice, byMembers.get(numbers));
        });
  }

  /** Returns which of the measured lists each group is in, by the number of the group. */
  Map<Long, int[]> places() {
    Map<Long, int[]> places = new HashMap<>();
    ofGroups.forEach(
        (number, sums) -> places.put(number, sums.stream().mapToInt(own -> own.place).toArray()));
    return places;
  }

  /**
   * Returns the slices in order: the total, versions, segments, partitions.
   *
   * @param lists of a ranking, the measures by their {@link #places}; otherwise empty
   */
  List<SliceOutcome> slices(GroupedScores scores, Map<Integer, RankOutcome> lists) {
    count(scores);
    OutcomeForm form = outcomes.form(query);
    for (Sums sums : different) {
      sums.measuring =
          outcomes.kind() == OutcomeKind.RANKING
              ? lists.getOrDefault(sums.place, new RankOutcome())
              : form.measuring(sums.totals.totals());
    }

    if (outcomes.kind() != OutcomeKind.RANKING) {
      scores.forEach(group -> measure(group, scores.isExact()));
    }

    List<SliceOutcome> all = new ArrayList<>();
    slices.forEach((slice, sums) -> all.add(sums.outcome(slice)));
    return all;
  }

  private void measure(CountedRows group, boolean isExact) {
    if (!group.isMeasured()) {
      return;
    }

    OutcomeRow row = group.row();
    for (Sums sums : ofGroups.get(group.number())) {
      sums.measuring.add(row);
      if (!isExact && outcomes.areProbabilities()) {
        boolean isPositive =
            outcomes.kind() == OutcomeKind.CLASSES ? row.isOfItsOutcome() : row.outcome() > 0;
        sums.orders
            .computeIfAbsent(row.part(), any -> new ScoreOrder())
            .add(row.score(), isPositive, row.weight() * row.rows());
      }
    }
  }

  /** Counts all scores and those with a label, in the order of their bins. */
  private void count(GroupedScores scores) {
    BinCounting counting =
        new BinCounting(-1 << ScoreBins.BITS - Math.min(counts.bits(), scores.bits()));
    if (outcomes.kind() == OutcomeKind.CLASSES) { // they come in the order of each class's scores
      List<CountedRows> groups = new ArrayList<>();
      scores.forEach(
          group -> {
            if (group.counts(outcomes.kind())) {
              groups.add(group);
            }
          });
      groups.sort(Comparator.comparingInt(CountedRows::bin));
      groups.forEach(counting::add);
    } else {
      scores.forEach(counting::add);
    }

    counting.addUntil(Integer.MAX_VALUE);
  }

  /** Adds groups with a label to all scores, both in the order of their bins. */
  private final class BinCounting {
    private final int mask; // bits of bins that count
    private int at;

    BinCounting(int mask) {
      this.mask = mask;
    }

    void add(CountedRows group) {
      addUntil(group.bin());
      count(group, group.bin() & mask);
    }

    /** Adds all scores up to a bin. */
    void addUntil(int bin) {
      for (; at < counts.bins().size() && counts.bins().get(at).bin() <= bin; at++) {
        ScoreCounts.Bin own = counts.bins().get(at);
        ofGroups.get(own.number()).forEach(sums -> sums.coverage.add(own.bin() & mask, own.rows()));
        naive.add(own.bin() & mask, false, own.rows());
      }
    }
  }

  private void count(CountedRows group, int bin) {
    ofGroups.get(group.number()).forEach(sums -> sums.count(group, bin));
    double rows = group.row().rows();
    boolean isPositive = group.row().outcome() > 0;
    if (group.hasOutcome() && isPositive) {
      naive.add(bin, true, rows);
      naive.add(bin, false, -rows);
    }

    if (group.isMeasured() && mature.get(group.number())) {
      measured.add(bin, isPositive, rows);
    }
  }

  /**
   * Returns what a naive join says; empty for other kinds than two outcomes, and with weights,
   * which rows without a label do not have.
   */
  Optional<NaiveJoin> naive() {
    return outcomes.kind() != OutcomeKind.BINARY || !query.labels().weight().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NaiveJoin(Math.round(naive.weight()), naive.rate(), naive.auc(), measured.auc()));
  }

  /**
   * Returns by how much an AUC may differ from that of all bits of the scores; empty if all count,
   * or if there is none.
   */
  OptionalDouble bound() {
    return different.stream()
        .flatMap(sums -> sums.orders.values().stream())
        .mapToDouble(ScoreOrder::bound)
        .filter(own -> !Double.isNaN(own))
        .max();
  }
}
