package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores with their labels, column by column; rows that have all in common are one. Serialized,
 * most rows need a few bytes ({@link ColumnBytes}).
 *
 * @param groups the groups of the rows
 * @param group of each row, as an index
 * @param score of each row
 * @param part what the score is of, as in {@link io.paritree.outcome.OutcomeRow}
 * @param outcome what came; NaN without a label
 * @param weight of each row
 * @param isLeak 1 if the label is from before the score, otherwise 0
 * @param rows how many there are
 * @param bin of their scores, of several classes of the largest ones
 */
record JoinedBlock(
    List<RowGroup> groups,
    int[] group,
    double[] score,
    long[] part,
    double[] outcome,
    double[] weight,
    int[] isLeak,
    long[] rows,
    int[] bin)
    implements Serializable {

  int size() {
    return score.length;
  }

  boolean hasOutcome(int row) {
    return !Double.isNaN(outcome[row]);
  }

  boolean isLeak(int row) {
    return isLeak[row] != 0;
  }

  /** Returns some of the rows, with the groups that they have. */
  JoinedBlock of(int from, int to) {
    int[] places = new int[groups.size()];
    Arrays.fill(places, -1);
    List<RowGroup> own = new ArrayList<>();
    int[] placed = new int[to - from];
    for (int row = from; row < to; row++) {
      if (places[group[row]] < 0) {
        places[group[row]] = own.size();
        own.add(groups.get(group[row]));
      }

      placed[row - from] = places[group[row]];
    }

    return new JoinedBlock(
        own,
        placed,
        Arrays.copyOfRange(score, from, to),
        Arrays.copyOfRange(part, from, to),
        Arrays.copyOfRange(outcome, from, to),
        Arrays.copyOfRange(weight, from, to),
        Arrays.copyOfRange(isLeak, from, to),
        Arrays.copyOfRange(rows, from, to),
        Arrays.copyOfRange(bin, from, to));
  }

  /** Returns the bins of scores that are not those of several classes. */
  private static int[] bins(double[] scores) {
    return Arrays.stream(scores).mapToInt(ScoreBins::bin).toArray();
  }

  private Object writeReplace() {
    return new Written(
        new ArrayList<>(groups),
        size(),
        ColumnBytes.of(group),
        ColumnBytes.ofDoubles(score),
        ColumnBytes.of(part),
        ColumnBytes.ofDoubles(outcome),
        ColumnBytes.ofDoubles(weight),
        ColumnBytes.of(isLeak),
        ColumnBytes.of(rows),
        Arrays.equals(bin, bins(score)) ? new byte[0] : ColumnBytes.of(bin));
  }

  /** A block as it is serialized, without bins if those of the scores are the same. */
  private record Written(
      ArrayList<RowGroup> groups,
      int size,
      byte[] group,
      byte[] score,
      byte[] part,
      byte[] outcome,
      byte[] weight,
      byte[] isLeak,
      byte[] rows,
      byte[] bin)
      implements Serializable {
    private Object readResolve() {
      double[] scores = ColumnBytes.doubles(score, size);
      return new JoinedBlock(
          groups,
          ColumnBytes.ints(group, size),
          scores,
          ColumnBytes.longs(part, size),
          ColumnBytes.doubles(outcome, size),
          ColumnBytes.doubles(weight, size),
          ColumnBytes.ints(isLeak, size),
          ColumnBytes.longs(rows, size),
          bin.length == 0 ? bins(scores) : ColumnBytes.ints(bin, size));
    }
  }

  /** Returns the rows in parts of at most so many, in their order. */
  List<JoinedBlock> parts(int most) {
    return IntStream.iterate(0, from -> from < size(), from -> from + most)
        .mapToObj(from -> of(from, Math.min(size(), from + most)))
        .toList();
  }
}
