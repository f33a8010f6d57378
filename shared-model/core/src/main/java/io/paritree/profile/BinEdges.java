package io.paritree.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Chooses edges of bins for some values.
 *
 * <p>The edges are the deciles, and both ends of each value of more than 5 % of the rows. A decile
 * is moved to the nearest threshold at which a model can react, if that lies within 2.5 % of the
 * rows of it. An edge at which a bin without any row would begin is left out: whole numbers, of
 * which each is frequent, have one bin each. Missing values are not among the rows.
 */
final class BinEdges {
  private static final int PARTS = 10;
  private static final double SNAP = 0.025;
  private static final double FREQUENT = 0.05;

  private final float[] values; // ascending and distinct
  private final float[] ends; // the least edge above each of them
  private final long[] below; // rows below each of them; at the end the number of rows

  /**
   * @param values ascending and distinct; none is NaN
   * @param ends the least edge above each of them
   * @param counts rows of each
   */
  BinEdges(float[] values, float[] ends, long[] counts) {
    this.values = values;
    this.ends = ends;
    this.below = new long[values.length + 1];
    for (int at = 0; at < values.length; at++) {
      below[at + 1] = below[at] + counts[at];
    }
  }

  /**
   * Returns the edges of slots, between which any float can be.
   *
   * @param slots in any order; NaN is a missing value
   */
  static BinEdges of(float[] slots) {
    float[] sorted = new float[slots.length];
    int present = 0;
    for (float slot : slots) {
      if (!Float.isNaN(slot)) {
        sorted[present++] = slot + 0f; // -0.0 is in the bin of 0.0
      }
    }

    Arrays.sort(sorted, 0, present);
    float[] distinct = new float[present];
    long[] counts = new long[present];
    int size = 0;
    for (int at = 0; at < present; at++) {
      if (size == 0 || distinct[size - 1] != sorted[at]) {
        distinct[size++] = sorted[at];
      }

      counts[size - 1]++;
    }

    float[] ends = new float[size];
    for (int at = 0; at < size; at++) {
      ends[at] = Math.nextUp(distinct[at]);
    }

    return new BinEdges(Arrays.copyOf(distinct, size), ends, counts);
  }

  /**
   * Returns the bins.
   *
   * @param thresholds of a model, ascending; empty if deciles are not moved
   */
  NumberBins bins(float[] thresholds) {
    return new NumberBins(withRows(edges(thresholds), rows()));
  }

  /**
   * Returns the bins of values of which there may be larger ones than all of these: where the
   * largest is frequent, its bin has an end.
   */
  NumberBins endedBins() {
    return new NumberBins(withRows(edges(new float[0]), rows() + 1));
  }

  private TreeSet<Float> edges(float[] thresholds) {
    TreeSet<Float> edges = new TreeSet<>();
    for (int part = 1; part < PARTS; part++) {
      int decile = decile(part);
      if (decile > 0) {
        edges.add(snapped(decile, thresholds));
      }
    }

    for (int at = 0; at < values.length; at++) {
      if (below[at + 1] - below[at] > FREQUENT * rows()) {
        edges.add(values[at]);
        edges.add(ends[at]);
      }
    }

    return edges;
  }

  private long rows() {
    return below[values.length];
  }

  /** Returns the value below which the share of rows is the nearest; 0, the first, if none is. */
  private int decile(int part) {
    double wanted = (double) rows() * part / PARTS;
    int nearest = 0;
    double distance = Double.POSITIVE_INFINITY;
    for (int at = 1; at < values.length; at++) {
      if (Math.abs(below[at] - wanted) < distance) {
        distance = Math.abs(below[at] - wanted);
        nearest = at;
      }
    }

    return nearest;
  }

  private float snapped(int decile, float[] thresholds) {
    float value = values[decile];
    int found = Arrays.binarySearch(thresholds, value);
    int above = found < 0 ? -found - 1 : found;
    float snapped = value;
    long distance = (long) (SNAP * rows());
    for (int at = Math.max(0, above - 1); at <= above && at < thresholds.length; at++) {
      long rows = rowsBelow(thresholds[at]);
      long away = Math.abs(rows - below[decile]);
      boolean divides = rows > 0 && rows < rows();
      boolean isNearer =
          away < distance
              || away == distance
                  && (snapped == value
                      || Math.abs(thresholds[at] - value) < Math.abs(snapped - value));
      if (divides && isNearer) {
        snapped = thresholds[at];
        distance = away;
      }
    }

    return snapped;
  }

  private long rowsBelow(float edge) {
    int found = Arrays.binarySearch(values, edge);
    return below[found < 0 ? -found - 1 : found];
  }

  /**
   * Returns the edges at which a bin with rows begins.
   *
   * @param all the last edge has fewer rows below it
   */
  private float[] withRows(TreeSet<Float> edges, long all) {
    List<Float> kept = new ArrayList<>();
    long belowNext = all;
    for (float edge : edges.descendingSet()) {
      long belowThis = rowsBelow(edge);
      if (belowThis < belowNext && Float.isFinite(edge)) {
        kept.add(0, edge);
        belowNext = belowThis;
      }
    }

    float[] result = new float[kept.size()];
    for (int at = 0; at < result.length; at++) {
      result[at] = kept.get(at);
    }

    return result;
  }
}
