package io.paritree.comparison;

import io.paritree.Fault;
import io.paritree.profile.SlicedProfile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts what two models make of the same rows, block by block: all of them, and those of each
 * value of a column by themselves.
 *
 * <p>The result does not depend on the order of the rows, nor on how they were divided among counts
 * that are added up. The first {@link SlicedProfile#MOST} values in the order of their texts have
 * counts of their own, as slices of profiles have. Not thread-safe.
 */
public final class ComparisonCounts implements Serializable {
  private final transient ComparisonForm form; // not where it was sent to
  private final DifferenceCounts whole;
  private final TreeMap<String, DifferenceCounts> own = new TreeMap<>();
  private final Map<Refused, Long> refused = new TreeMap<>();
  private final TreeSet<MovedRow> moved = new TreeSet<>(new MovedOrder());
  private final int mostMoved;
  private DifferenceCounts missing; // null without such rows
  private DifferenceCounts others; // null without such rows

  /** A fault for which one model refuses rows that the other scores. */
  private record Refused(Side by, String field, String code)
      implements Comparable<Refused>, Serializable {
    @Override
    public int compareTo(Refused other) {
      int sides = by.compareTo(other.by);
      int fields = sides != 0 ? sides : field.compareTo(other.field);
      return fields != 0 ? fields : code.compareTo(other.code);
    }
  }

  /** The order of moved rows, which can be sent. */
  private static final class MovedOrder implements java.util.Comparator<MovedRow>, Serializable {
    @Override
    public int compare(MovedRow one, MovedRow other) {
      return MovedRow.ORDER.compare(one, other);
    }
  }

  public ComparisonCounts(ComparisonForm form) {
    this.form = form;
    this.whole = new DifferenceCounts(form);
    this.mostMoved = form.mostMoved();
  }

  /** Adds the rows of a block. */
  public void add(ComparedBlock block) {
    List<DifferenceCounts> counts = new ArrayList<>();
    for (int row = 0; row < block.rows(); row++) {
      counts.clear();
      counts.add(whole);
      if (!form.by().isEmpty()) {
        counts.add(slice(block.slice(row)));
      }

      boolean championScores = block.faults(Side.CHAMPION, row).isEmpty();
      boolean challengerScores = block.faults(Side.CHALLENGER, row).isEmpty();
      if (championScores && challengerScores) {
        addScored(block, row, counts);
      } else if (!championScores && !challengerScores) {
        counts.forEach(DifferenceCounts::addNeither);
      } else {
        Side scoring = championScores ? Side.CHAMPION : Side.CHALLENGER;
        counts.forEach(each -> each.addOnly(scoring));
        addFaults(scoring.other(), block, row);
      }
    }
  }

  private void addFaults(Side by, ComparedBlock block, int row) {
    Set<Refused> each = new LinkedHashSet<>();
    for (Fault fault : block.faults(by, row)) {
      each.add(new Refused(by, fault.field(), fault.code().code()));
    }

    each.forEach(fault -> refused.merge(fault, 1L, Long::sum));
  }

  private void addScored(ComparedBlock block, int row, List<DifferenceCounts> counts) {
    float[] champion = values(block, Side.CHAMPION);
    float[] challenger = values(block, Side.CHALLENGER);
    int ofChampion = row * form.valuesOf(Side.CHAMPION);
    int ofChallenger = row * form.valuesOf(Side.CHALLENGER);
    boolean hasEqualBits = !form.outputs().isEmpty();
    float most = -1;
    int mostOutput = 0;
    counts.forEach(DifferenceCounts::beginRow);
    for (int output = 0; output < form.outputs().size(); output++) {
      ComparisonForm.Output places = form.outputs().get(output);
      int one = ofChampion + places.champion();
      int other = ofChallenger + places.challenger();
      for (DifferenceCounts each : counts) {
        each.add(output, champion[one], challenger[other]);
        if (!form.isOfMargins()) {
          each.addMargins(
              output, block.margins(Side.CHAMPION)[one], block.margins(Side.CHALLENGER)[other]);
        }
      }

      hasEqualBits &=
          Float.floatToRawIntBits(champion[one]) == Float.floatToRawIntBits(challenger[other]);
      float distance = DifferenceCounts.distance(champion[one], challenger[other]);
      if (Float.compare(distance, most) > 0) {
        most = distance;
        mostOutput = output;
      }
    }

    if (hasEqualBits) {
      counts.forEach(DifferenceCounts::addEqualBits);
    }

    if (form.hasFlips()) {
      addFlip(block, row, counts);
    }

    if (!form.outputs().isEmpty()) {
      addMoved(block, row, most, mostOutput);
    }
  }

  private void addFlip(ComparedBlock block, int row, List<DifferenceCounts> counts) {
    int championClass = label(Side.CHAMPION, block, row);
    int challengerClass = label(Side.CHALLENGER, block, row);
    if (form.isFlip(championClass, challengerClass)) {
      counts.forEach(each -> each.addFlip(championClass, challengerClass));
    }
  }

  private float[] values(ComparedBlock block, Side side) {
    return form.isOfMargins() ? block.margins(side) : block.scores(side);
  }

  private int label(Side side, ComparedBlock block, int row) {
    return form.outputsOf(side)
        .classIndex(block.scores(side), row * form.outputsOf(side).names().size());
  }

  private void addMoved(ComparedBlock block, int row, float distance, int output) {
    boolean isFull = moved.size() == mostMoved;
    if (isFull && (mostMoved == 0 || Float.compare(distance, moved.last().moved()) < 0)) {
      return;
    }

    moved.add(
        new MovedRow(
            block.key(row),
            distance,
            output,
            scored(Side.CHAMPION, block, row, output),
            scored(Side.CHALLENGER, block, row, output)));
    if (moved.size() > mostMoved) {
      moved.pollLast();
    }
  }

  private MovedRow.Scored scored(Side side, ComparedBlock block, int row, int output) {
    int place = row * form.valuesOf(side) + form.outputs().get(output).of(side);
    return new MovedRow.Scored(
        values(block, side)[place],
        block.margins(side)[place],
        label(side, block, row),
        block.slots(side, row));
  }

  private DifferenceCounts none() {
    return new DifferenceCounts(form.ofSlice());
  }

  private DifferenceCounts slice(String value) {
    if (value.isEmpty()) {
      missing = missing == null ? none() : missing;
      return missing;
    }

    DifferenceCounts known = own.get(value);
    if (known != null) {
      return known;
    }

    if (own.size() == SlicedProfile.MOST && value.compareTo(own.lastKey()) > 0) {
      others = others == null ? none() : others;
      return others;
    }

    DifferenceCounts added = none();
    own.put(value, added);
    keepFirst();
    return added;
  }

  private void keepFirst() {
    while (own.size() > SlicedProfile.MOST) {
      DifferenceCounts last = own.pollLastEntry().getValue();
      last.pack();
      others = sum(others, last);
    }
  }

  private static DifferenceCounts sum(DifferenceCounts one, DifferenceCounts other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }

    one.pack();
    one.add(other);
    return one;
  }

  /** Packs the counts before they are sent; others can be added afterwards. */
  public void pack() {
    whole.pack();
    slices().values().forEach(DifferenceCounts::pack);
  }

  /** Adds another's rows, which are counted alike; both must be packed, and are afterwards. */
  public void add(ComparisonCounts other) {
    whole.add(other.whole);
    missing = sum(missing, other.missing);
    others = sum(others, other.others);
    other.own.forEach((value, counts) -> own.put(value, sum(own.get(value), counts)));
    keepFirst();
    other.refused.forEach((fault, rows) -> refused.merge(fault, rows, Long::sum));
    moved.addAll(other.moved);
    while (moved.size() > mostMoved) {
      moved.pollLast();
    }
  }

  /** Returns the rows that move most, the largest movement first. */
  public List<MovedRow> moved() {
    return List.copyOf(moved);
  }

  private Map<String, DifferenceCounts> slices() {
    Map<String, DifferenceCounts> all = new LinkedHashMap<>(own);
    if (missing != null) {
      all.put(SlicedProfile.MISSING, missing);
    }

    if (others != null) {
      all.put(SlicedProfile.OTHERS, others);
    }

    return all;
  }

  /**
   * Returns the comparison of all rows so far; the counts must be packed.
   *
   * @param of the form that was counted
   * @param movers the {@link #moved} rows, explained
   */
  public DataComparison result(ComparisonForm of, List<Mover> movers) {
    ComparisonForm ofSlices = of.ofSlice();
    Map<String, RowComparison> slices = new LinkedHashMap<>();
    slices().forEach((value, counts) -> slices.put(value, counts.result(ofSlices)));
    List<OneSidedFault> faults = new ArrayList<>();
    refused.forEach(
        (fault, rows) -> faults.add(new OneSidedFault(fault.by, fault.field, fault.code, rows)));
    return new DataComparison(of, whole.result(of), faults, slices, movers);
  }
}
