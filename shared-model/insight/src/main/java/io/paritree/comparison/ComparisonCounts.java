package io.paritree.comparison;

import io.paritree.Fault;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts what two models make of the same rows, block by block: all of them, and those of each
 * value of a column by themselves, in {@link SliceCounts}.
 *
 * <p>The result does not depend on the order of the rows, nor on how they were divided among counts
 * that are added up. What is sent is as complete as what was counted. Not thread-safe.
 */
public final class ComparisonCounts implements Serializable {
  private final ComparisonForm form;
  private final DifferenceCounts whole;
  private final SliceCounts slices;
  private final TreeMap<Refused, Long> refused = new TreeMap<>();
  private final MovedRows moved;
  private long dropped;
  private long failed;

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

  public ComparisonCounts(ComparisonForm form) {
    this.form = form;
    this.slices = new SliceCounts(form.ofSlice());
    this.whole = new DifferenceCounts(form);
    this.moved = new MovedRows(form.mostMoved());
  }

  /** Returns what is counted. */
  public ComparisonForm form() {
    return form;
  }

  /** Adds the rows of a block. */
  public void add(ComparedBlock block) {
    DividedRows scored = DividedRows.of(block);
    if (moved.takes(whole.add(scored))) {
      addMoved(scored);
    }

    if (scored.onlyBy(Side.CHAMPION) + scored.onlyBy(Side.CHALLENGER) > 0) {
      addRefused(block);
    }

    if (!form.by().isEmpty()) {
      slices.add(block);
    }
  }

  /** Counts rows that were not compared, since there was no time. */
  public void addDropped(long rows) {
    dropped += rows;
  }

  /** Counts rows that were not compared, since the challenger has failed. */
  public void addFailed(long rows) {
    failed += rows;
  }

  private void addRefused(ComparedBlock block) {
    for (int row = 0; row < block.rows(); row++) {
      boolean champion = block.isScored(Side.CHAMPION, row);
      if (champion != block.isScored(Side.CHALLENGER, row)) {
        Side by = champion ? Side.CHALLENGER : Side.CHAMPION;
        Set<Refused> each = new LinkedHashSet<>();
        for (Fault fault : block.faults(by, row)) {
          each.add(new Refused(by, fault.field(), fault.code().code()));
        }

        each.forEach(fault -> refused.merge(fault, 1L, Long::sum));
      }
    }
  }

  private void addMoved(DividedRows scored) {
    ComparedBlock block = scored.block();
    double[] most = new double[scored.count()];
    int[] ofOutput = new int[scored.count()];
    for (int output = 0; output < form.outputs().size(); output++) {
      addMoved(scored, output, most, ofOutput);
    }

    for (int at = 0; at < most.length; at++) {
      if (moved.takes(most[at])) {
        int row = scored.both()[at];
        moved.add(
            new MovedRow(
                block.key(row),
                most[at],
                ofOutput[at],
                scored(Side.CHAMPION, block, row, ofOutput[at]),
                scored(Side.CHALLENGER, block, row, ofOutput[at])));
      }
    }
  }

  /** Finds out for which rows an output moves more than those before it. */
  private void addMoved(DividedRows scored, int output, double[] most, int[] ofOutput) {
    int[] rows = scored.both();
    float[] one = form.values(scored.block(), Side.CHAMPION);
    float[] other = form.values(scored.block(), Side.CHALLENGER);
    int eachOne = form.valuesOf(Side.CHAMPION);
    int eachOther = form.valuesOf(Side.CHALLENGER);
    int first = form.outputs().get(output).champion();
    int second = form.outputs().get(output).challenger();
    for (int at = 0; at < most.length; at++) {
      double distance =
          DistanceCounts.distance(
              one[rows[at] * eachOne + first], other[rows[at] * eachOther + second]);
      if (Double.compare(distance, most[at]) > 0) {
        most[at] = distance;
        ofOutput[at] = output;
      }
    }
  }

  private MovedRow.Scored scored(Side side, ComparedBlock block, int row, int output) {
    int place = row * form.valuesOf(side) + form.outputs().get(output).of(side);
    return new MovedRow.Scored(
        form.values(block, side)[place],
        block.margins(side)[place],
        form.outputsOf(side)
            .classIndex(block.scores(side), row * form.outputsOf(side).names().size()),
        block.slots(side, row));
  }

  /** Adds what another has counted in the same form. */
  public void add(ComparisonCounts other) {
    slices.add(other.slices);
    whole.add(other.whole);
    other.refused.forEach((fault, rows) -> refused.merge(fault, rows, Long::sum));
    moved.add(other.moved);
    dropped += other.dropped;
    failed += other.failed;
  }

  /**
   * Returns a copy, to which nothing is added any more. Takes less than a millisecond for an
   * output; no rows may be added meanwhile.
   */
  public ComparisonCounts snapshot() {
    ComparisonCounts copy = new ComparisonCounts(form);
    copy.add(this);
    return copy;
  }

  /** Returns the rows that move most, the largest movement first. */
  public List<MovedRow> moved() {
    return moved.rows();
  }

  /**
   * Returns the comparison of all rows so far.
   *
   * @param movers the {@link #moved} rows, explained
   */
  public DataComparison result(List<Mover> movers) {
    List<OneSidedFault> faults = new ArrayList<>();
    refused.forEach(
        (fault, rows) -> faults.add(new OneSidedFault(fault.by, fault.field, fault.code, rows)));
    return new DataComparison(
        form, whole.result(), dropped, failed, faults, slices.results(), movers);
  }
}
