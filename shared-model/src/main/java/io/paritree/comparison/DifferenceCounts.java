package io.paritree.comparison;

import io.paritree.drift.Noise;
import io.paritree.drift.Shift;
import io.paritree.profile.BinCounts;
import io.paritree.profile.ExactSums;
import io.paritree.profile.NumberBins;
import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what two models make of some rows. Not thread-safe. */
final class DifferenceCounts implements Serializable {
  private final Values[] outputs;
  private final ExactSums sums; // of each output the values and the margins of both models
  private final TreeMap<Long, Long> flips = new TreeMap<>(); // by both classes
  private long rows;
  private long onlyChampion;
  private long onlyChallenger;
  private long neither;
  private long equalBits;

  /** What is counted of an output. */
  private static final class Values implements Serializable {
    final ScoreHistogram champion = new ScoreHistogram();
    final ScoreHistogram challenger = new ScoreHistogram();
    final PairCounts pairs;
    final PairCounts differences;
    final PairCounts marginDifferences;
    float largest;
    float largestMargin;

    Values(ComparisonForm form) {
      pairs = new PairCounts(form.mostPairs());
      differences = new PairCounts(form.mostDifferences());
      marginDifferences = new PairCounts(form.mostDifferences());
    }

    void pack() {
      champion.pack();
      challenger.pack();
      pairs.pack();
      differences.pack();
      marginDifferences.pack();
    }

    void add(Values other) {
      champion.add(other.champion);
      challenger.add(other.challenger);
      pairs.add(other.pairs);
      differences.add(other.differences);
      marginDifferences.add(other.marginDifferences);
      largest = Math.max(largest, other.largest);
      largestMargin = Math.max(largestMargin, other.largestMargin);
      pack();
    }
  }

  private enum Sum {
    CHAMPION,
    CHALLENGER,
    CHAMPION_MARGIN,
    CHALLENGER_MARGIN;

    static final int COUNT = values().length;

    int of(int output) {
      return output * COUNT + ordinal();
    }
  }

  DifferenceCounts(ComparisonForm form) {
    outputs = new Values[form.outputs().size()];
    Arrays.setAll(outputs, output -> new Values(form));
    sums = new ExactSums(Sum.COUNT * outputs.length);
  }

  /** Counts a row that one model alone scores. */
  void addOnly(Side scoring) {
    switch (scoring) {
      case CHAMPION -> onlyChampion++;
      case CHALLENGER -> onlyChallenger++;
    }
  }

  /** Counts a row that both models refuse. */
  void addNeither() {
    neither++;
  }

  /** Begins a row that both models score; {@link #add} is called for each output then. */
  void beginRow() {
    rows++;
    sums.beginRow();
  }

  /** Counts that the values of the row are the same, bit by bit. */
  void addEqualBits() {
    equalBits++;
  }

  void add(int output, float champion, float challenger) {
    Values values = outputs[output];
    values.champion.add(champion);
    values.challenger.add(challenger);
    values.pairs.add(champion, challenger);
    float difference = distance(champion, challenger);
    values.differences.add(difference, 0);
    values.largest = Math.max(values.largest, difference);
    sums.add(Sum.CHAMPION.of(output), champion);
    sums.add(Sum.CHALLENGER.of(output), challenger);
  }

  void addMargins(int output, float champion, float challenger) {
    Values values = outputs[output];
    float difference = distance(champion, challenger);
    values.marginDifferences.add(difference, 0);
    values.largestMargin = Math.max(values.largestMargin, difference);
    sums.add(Sum.CHAMPION_MARGIN.of(output), champion);
    sums.add(Sum.CHALLENGER_MARGIN.of(output), challenger);
  }

  void addFlip(int championClass, int challengerClass) {
    flips.merge((long) championClass << Integer.SIZE | challengerClass, 1L, Long::sum);
  }

  /** Returns the difference of two values without its sign; 0 of equal ones, also infinite ones. */
  static float distance(float champion, float challenger) {
    return champion == challenger ? 0 : (float) Math.abs((double) challenger - champion);
  }

  /** Packs the counts before they are sent; others can be added afterwards. */
  void pack() {
    sums.pack();
    Arrays.stream(outputs).forEach(Values::pack);
  }

  /** Adds another's rows; both must be packed, and are afterwards. */
  void add(DifferenceCounts other) {
    rows += other.rows;
    onlyChampion += other.onlyChampion;
    onlyChallenger += other.onlyChallenger;
    neither += other.neither;
    equalBits += other.equalBits;
    sums.add(other.sums);
    sums.pack();
    other.flips.forEach((classes, count) -> flips.merge(classes, count, Long::sum));
    for (int output = 0; output < outputs.length; output++) {
      outputs[output].add(other.outputs[output]);
    }
  }

  /** Returns what was counted; the counts must be packed. */
  RowComparison result(ComparisonForm form) {
    List<OutputComparison> compared = new ArrayList<>();
    for (int output = 0; rows > 0 && output < outputs.length; output++) {
      compared.add(output(output, form));
    }

    return new RowComparison(
        rows,
        onlyChampion,
        onlyChallenger,
        neither,
        equalBits,
        compared,
        form.hasFlips() ? Optional.of(flips(form)) : Optional.empty());
  }

  private OutputComparison output(int output, ComparisonForm form) {
    Values values = outputs[output];
    RankedPairs ranked = new RankedPairs(values.pairs.counted());
    return new OutputComparison(
        form.outputs().get(output).name(),
        sums.sum(Sum.CHAMPION.of(output)) / rows,
        sums.sum(Sum.CHALLENGER.of(output)) / rows,
        Difference.of(
            values.differences, values.largest, meanChange(Sum.CHAMPION, Sum.CHALLENGER, output)),
        form.isOfMargins()
            ? Optional.empty()
            : Optional.of(
                Difference.of(
                    values.marginDifferences,
                    values.largestMargin,
                    meanChange(Sum.CHAMPION_MARGIN, Sum.CHALLENGER_MARGIN, output))),
        ranked.distance(),
        Optional.of(shift(values)),
        ranked.correlation(),
        OutputComparison.TOP_PERCENT.stream()
            .map(percent -> ranked.overlap(Math.max(1, rows * percent / 100)))
            .toList(),
        values.pairs.isExact() ? 0 : ranked.mostFrequent());
  }

  private double meanChange(Sum from, Sum to, int output) {
    return (sums.sum(to.of(output)) - sums.sum(from.of(output))) / rows;
  }

  private Shift shift(Values values) {
    NumberBins tenths = values.champion.deciles();
    return Shift.of(
        counts(values.challenger, tenths), counts(values.champion, tenths), new Noise(1));
  }

  private static BinCounts counts(ScoreHistogram scores, NumberBins bins) {
    return new BinCounts(bins, Arrays.stream(scores.counts(bins)).boxed().toList());
  }

  private LabelFlips flips(ComparisonForm form) {
    List<LabelFlips.Change> changes = new ArrayList<>();
    flips.forEach(
        (classes, count) ->
            changes.add(
                new LabelFlips.Change(
                    form.champion().classes().get((int) (classes >> Integer.SIZE)),
                    form.challenger().classes().get(classes.intValue()),
                    count)));
    changes.sort(Comparator.comparing(LabelFlips.Change::rows, Comparator.reverseOrder()));
    long flipped = changes.stream().mapToLong(LabelFlips.Change::rows).sum();
    return new LabelFlips(
        form.isBinary(),
        flips.getOrDefault(1L, 0L),
        flips.getOrDefault(1L << Integer.SIZE, 0L),
        (double) flipped / rows,
        changes);
  }
}
