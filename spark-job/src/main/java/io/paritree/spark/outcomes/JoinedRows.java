package io.paritree.spark.outcomes;

import io.paritree.outcome.OutcomeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Scores with their labels while they are collected, and sorted. Not thread-safe.
 *
 * <p>They are sorted by the upper half of what comes first in their order, with the place of the
 * row below it, as one number; only rows that are equal in it are compared.
 */
final class JoinedRows {
  private static final int FEW = 16;

  private final OutcomeKind kind;
  private final Map<RowGroup, Integer> places = new HashMap<>();
  private final List<RowGroup> groups = new ArrayList<>();
  private int size;
  private int[] group = new int[FEW];
  private double[] score = new double[FEW];
  private long[] part = new long[FEW];
  private double[] outcome = new double[FEW];
  private double[] weight = new double[FEW];
  private int[] isLeak = new int[FEW];
  private long[] rows = new long[FEW];
  private int[] bin = new int[FEW];
  private int[] ranks;

  JoinedRows(OutcomeKind kind) {
    this.kind = kind;
  }

  int size() {
    return size;
  }

  /** Returns the index of a group. */
  int place(RowGroup own) {
    return places.computeIfAbsent(
        own,
        any -> {
          groups.add(own);
          return groups.size() - 1;
        });
  }

  /** Adds rows, with the columns of {@link JoinedBlock}; there is one zero. */
  void add(
      int group,
      double score,
      long part,
      double outcome,
      double weight,
      int isLeak,
      long rows,
      int bin) {
    if (size == this.group.length) {
      grow();
    }

    this.group[size] = group;
    this.score[size] = score + 0.0;
    this.part[size] = part;
    this.outcome[size] = outcome;
    this.weight[size] = weight;
    this.isLeak[size] = isLeak;
    this.rows[size] = rows;
    this.bin[size] = bin;
    size++;
  }

  private void grow() {
    int more = size + size / 2;
    group = Arrays.copyOf(group, more);
    score = Arrays.copyOf(score, more);
    part = Arrays.copyOf(part, more);
    outcome = Arrays.copyOf(outcome, more);
    weight = Arrays.copyOf(weight, more);
    isLeak = Arrays.copyOf(isLeak, more);
    rows = Arrays.copyOf(rows, more);
    bin = Arrays.copyOf(bin, more);
  }

  void add(JoinedBlock block) {
    int[] own = block.groups().stream().mapToInt(this::place).toArray();
    for (int row = 0; row < block.size(); row++) {
      add(
          own[block.group()[row]],
          block.score()[row],
          block.part()[row],
          block.outcome()[row],
          block.weight()[row],
          block.isLeak()[row],
          block.rows()[row],
          block.bin()[row]);
    }
  }

  /** Returns all rows in their order; those that are alike are one. */
  JoinedBlock sorted() {
    ranks = ranks();
    long[] order = new long[size];
    for (int row = 0; row < size; row++) {
      order[row] = (long) first(row) << Integer.SIZE | row;
    }

    Arrays.sort(order);
    for (int from = 0, to; from < size; from = to) {
      for (to = from + 1; to < size && order[to] >> Integer.SIZE == order[from] >> Integer.SIZE; ) {
        to++;
      }

      if (to - from > 1) {
        sort(order, from, to);
      }
    }

    return merged(order);
  }

  private void sort(long[] order, int from, int to) {
    if (to - from == 2) { // most scores that are equal are two
      if (compare((int) order[from], (int) order[from + 1]) > 0) {
        long before = order[from];
        order[from] = order[from + 1];
        order[from + 1] = before;
      }

      return;
    }

    Integer[] equal = new Integer[to - from];
    Arrays.setAll(equal, at -> (int) order[from + at]);
    Arrays.sort(equal, this::compare);
    for (int at = 0; at < equal.length; at++) {
      order[from + at] = equal[at];
    }
  }

  private int[] ranks() {
    List<RowGroup> sorted = new ArrayList<>(new TreeSet<>(groups));
    Map<RowGroup, Integer> ranks = new HashMap<>();
    sorted.forEach(own -> ranks.put(own, ranks.size()));
    return groups.stream().mapToInt(ranks::get).toArray();
  }

  /** Returns the upper half of what comes first in the order of the rows. */
  private int first(int row) {
    if (kind == OutcomeKind.RANKING) {
      return (int) (part[row] >> Integer.SIZE);
    }

    int bits = Float.floatToIntBits((float) score[row]);
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  private int compare(int one, int other) {
    int order = kind == OutcomeKind.RANKING ? Long.compare(part[one], part[other]) : 0;
    order = order != 0 ? order : Double.compare(score[one], score[other]);
    order = order != 0 ? order : compareOutcomes(outcome[one], outcome[other]);
    order = order != 0 ? order : Double.compare(weight[one], weight[other]);
    order = order != 0 ? order : Integer.compare(isLeak[one], isLeak[other]);
    order = order != 0 ? order : Integer.compare(ranks[group[one]], ranks[group[other]]);
    order = order != 0 ? order : Integer.compare(bin[one], bin[other]);
    return order != 0 ? order : Long.compare(part[one], part[other]);
  }

  /** Rows without an outcome come first. */
  private static int compareOutcomes(double one, double other) {
    return Double.isNaN(one) || Double.isNaN(other)
        ? Boolean.compare(Double.isNaN(other), Double.isNaN(one))
        : Double.compare(one, other);
  }

  private JoinedBlock merged(long[] order) {
    JoinedRows merged = new JoinedRows(kind);
    int[] own = groups.stream().mapToInt(merged::place).toArray();
    int last = -1;
    for (long at : order) {
      int row = (int) at;
      if (last >= 0 && compare(last, row) == 0) {
        merged.rows[merged.size - 1] += rows[row];
      } else {
        merged.add(
            own[group[row]],
            score[row],
            part[row],
            outcome[row],
            weight[row],
            isLeak[row],
            rows[row],
            bin[row]);
      }

      last = row;
    }

    return merged.block();
  }

  private JoinedBlock block() {
    return new JoinedBlock(
        groups,
        Arrays.copyOf(group, size),
        Arrays.copyOf(score, size),
        Arrays.copyOf(part, size),
        Arrays.copyOf(outcome, size),
        Arrays.copyOf(weight, size),
        Arrays.copyOf(isLeak, size),
        Arrays.copyOf(rows, size),
        Arrays.copyOf(bin, size));
  }
}
