package io.paritree.comparison;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the rows that move most, of rows that move at all. What is kept does not depend on the
 * order in which rows come. Not thread-safe.
 */
final class MovedRows implements Serializable {
  private static final int MORE = 16;

  private final int most;
  private final ArrayList<MovedRow> kept = new ArrayList<>();
  private double least; // what a row must move to be kept

  MovedRows(int most) {
    this.most = most;
  }

  /** Returns whether a row that moves so may be kept; NaN is the largest movement. */
  boolean takes(double moved) {
    return !(moved < least) && moved != 0 && most > 0;
  }

  /** Adds a row that moves. */
  void add(MovedRow row) {
    kept.add(row);
    if (kept.size() >= 2 * most + MORE) {
      cut();
    }
  }

  /** Adds the rows of another, which keeps as many. */
  void add(MovedRows other) {
    kept.addAll(other.kept);
    cut();
  }

  private void cut() {
    kept.sort(MovedRow.ORDER);
    if (kept.size() > most) {
      kept.subList(most, kept.size()).clear();
    }

    if (most > 0 && kept.size() == most) {
      least = kept.get(most - 1).moved();
    }
  }

  /** Returns the rows, the largest movement first. */
  List<MovedRow> rows() {
    cut();
    return List.copyOf(kept);
  }
}
