package io.paritree.spark.insight.outcomes;

import java.util.ArrayList;
import java.util.List;

/**
 * The share of rows with a label, of groups of about a tenth of the rows by their scores. Bins come
 * in ascending order, each of them all at once or in parts. Not thread-safe.
 */
final class Coverage {
  private static final int TENTHS = 10;

  private final double total;
  private final double[] all = new double[TENTHS];
  private final double[] matched = new double[TENTHS];
  private double below;
  private int bin;
  private double rows; // of the bin
  private double matchedRows;

  /**
   * @param total number of rows that will be added
   */
  Coverage(long total) {
    this.total = total;
  }

  /** Adds rows, whether they have a label or not. */
  void add(int next, long more) {
    begin(next);
    rows += more;
  }

  /** Says of rows that they have a label. */
  void addMatched(int next, long more) {
    begin(next);
    matchedRows += more;
  }

  private void begin(int next) {
    if (next != bin) {
      close();
      bin = next;
    }
  }

  private void close() {
    int tenth = (int) Math.min(TENTHS - 1, TENTHS * (below + rows / 2) / total);
    all[tenth] += rows;
    matched[tenth] += matchedRows;
    below += rows;
    rows = 0;
    matchedRows = 0;
  }

  /** Returns the shares, lowest scores first; fewer than ten where a bin has more than a tenth. */
  List<Double> shares() {
    close();
    List<Double> shares = new ArrayList<>();
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      if (all[tenth] > 0) {
        shares.add(matched[tenth] / all[tenth]);
      }
    }

    return shares;
  }
}
