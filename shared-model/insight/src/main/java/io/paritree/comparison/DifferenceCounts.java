package io.paritree.comparison;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what two models make of some rows. Not thread-safe. */
final class DifferenceCounts implements Serializable {
  private final ComparisonForm form;
  private final ValueCounts[] outputs;
  private final TreeMap<Flip, Long> flips = new TreeMap<>();
  private final int[] sameClass; // of each of the champion's classes
  private long rows;
  private long onlyChampion;
  private long onlyChallenger;
  private long neither;
  private long equalBits;

  /** The class of a row in both models. */
  private record Flip(int from, int to) implements Comparable<Flip>, Serializable {
    @Override
    public int compareTo(Flip other) {
      return from != other.from ? Integer.compare(from, other.from) : Integer.compare(to, other.to);
    }
  }

  DifferenceCounts(ComparisonForm form) {
    this.form = form;
    outputs = new ValueCounts[form.outputs().size()];
    Arrays.setAll(outputs, output -> new ValueCounts(form));
    sameClass = form.sameClasses();
  }

  /**
   * Adds rows of a block.
   *
   * @return the most that a value of a row differs
   */
  double add(DividedRows some) {
    rows += some.count();
    onlyChampion += some.onlyBy(Side.CHAMPION);
    onlyChallenger += some.onlyBy(Side.CHALLENGER);
    neither += some.neither();
    if (some.count() == 0) {
      return 0;
    }

    double most = 0;
    float[] one = new float[some.count()];
    float[] other = new float[some.count()];
    boolean[] differs = new boolean[some.count()];
    for (int output = 0; output < outputs.length; output++) {
      gather(some, Side.CHAMPION, output, form.values(some.block(), Side.CHAMPION), one);
      gather(some, Side.CHALLENGER, output, form.values(some.block(), Side.CHALLENGER), other);
      most = Math.max(most, outputs[output].add(one, other, some.count()));
      if (!form.hasIndices()) {
        compare(one, other, differs);
      }
    }

    if (form.hasIndices()) {
      some.gather(some.block().scores(Side.CHAMPION), 1, 0, one);
      some.gather(some.block().scores(Side.CHALLENGER), 1, 0, other);
      compare(one, other, differs);
    }

    for (int at = 0; at < some.count() && outputs.length > 0; at++) {
      equalBits += differs[at] ? 0 : 1;
    }

    addMargins(some, one, other);
    if (form.hasFlips()) {
      addFlips(some);
    }

    return most;
  }

  private static void compare(float[] one, float[] other, boolean[] differs) {
    for (int at = 0; at < differs.length; at++) {
      differs[at] |= Float.floatToRawIntBits(one[at]) != Float.floatToRawIntBits(other[at]);
    }
  }

  /** Copies the values that an output has in rows that both models score. */
  private void gather(DividedRows some, Side side, int output, float[] values, float[] to) {
    some.gather(values, form.valuesOf(side), form.outputs().get(output).of(side), to);
  }

  private void addMargins(DividedRows some, float[] one, float[] other) {
    if (form.isOfMargins()) {
      return;
    }

    for (int output = 0; output < outputs.length; output++) {
      gather(some, Side.CHAMPION, output, some.block().margins(Side.CHAMPION), one);
      gather(some, Side.CHALLENGER, output, some.block().margins(Side.CHALLENGER), other);
      outputs[output].addMargins(one, other, some.count());
    }
  }

  private void addFlips(DividedRows some) {
    float[] one = some.block().scores(Side.CHAMPION);
    float[] other = some.block().scores(Side.CHALLENGER);
    int eachOne = form.champion().names().size();
    int eachOther = form.challenger().names().size();
    for (int at = 0; at < some.count(); at++) {
      int row = some.both()[at];
      int from = form.champion().classIndex(one, row * eachOne);
      int to = form.challenger().classIndex(other, row * eachOther);
      if (sameClass[from] != to) {
        flips.merge(new Flip(from, to), 1L, Long::sum);
      }
    }
  }

  void add(DifferenceCounts other) {
    rows += other.rows;
    onlyChampion += other.onlyChampion;
    onlyChallenger += other.onlyChallenger;
    neither += other.neither;
    equalBits += other.equalBits;
    other.flips.forEach((flip, count) -> flips.merge(flip, count, Long::sum));
    for (int output = 0; output < outputs.length; output++) {
      outputs[output].add(other.outputs[output]);
    }
  }

  /** Returns what was counted. */
  RowComparison result() {
    List<OutputComparison> compared = new ArrayList<>();
    for (int output = 0; rows > 0 && output < outputs.length; output++) {
      compared.add(outputs[output].compared(form.outputs().get(output).name()));
    }

    return new RowComparison(
        rows,
        onlyChampion,
        onlyChallenger,
        neither,
        equalBits,
        compared,
        form.hasFlips() ? Optional.of(flips()) : Optional.empty());
  }

  private LabelFlips flips() {
    List<LabelFlips.Change> changes = new ArrayList<>();
    long up = 0;
    long down = 0;
    long flipped = 0;
    for (Map.Entry<Flip, Long> flip : flips.entrySet()) {
      int from = flip.getKey().from;
      long count = flip.getValue();
      flipped += count;
      up += form.isBinary() && from == 0 ? count : 0;
      down += form.isBinary() && from == 1 ? count : 0;
      changes.add(
          new LabelFlips.Change(
              form.champion().classes().get(from),
              form.challenger().classes().get(flip.getKey().to),
              count));
    }

    changes.sort(Comparator.comparing(LabelFlips.Change::rows, Comparator.reverseOrder()));
    return new LabelFlips(form.isBinary(), up, down, (double) flipped / rows, changes);
  }
}
