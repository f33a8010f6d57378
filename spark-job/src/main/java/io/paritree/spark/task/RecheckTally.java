package io.paritree.spark.task;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** What came of the rows that tasks have scored again, by the specification. Not thread-safe. */
public final class RecheckTally implements Serializable {
  private static final int MOST_SHOWN = 5;

  private long rows;
  private long different;
  private final ArrayList<String> shown = new ArrayList<>();

  /** Returns how many rows were scored again. */
  public long rows() {
    return rows;
  }

  /** Returns how many of them have other bits. */
  public long different() {
    return different;
  }

  /** Returns some of those: which row, where it was scored, and both values. */
  public List<String> shown() {
    return List.copyOf(shown);
  }

  /** Counts rows that were scored again, those that differ among them. */
  public void addRows(long more) {
    rows += more;
  }

  /** Adds a row that differs. */
  public void addDifferent(String which) {
    different++;
    show(which);
  }

  /** Adds another's rows. */
  void add(RecheckTally other) {
    rows += other.rows;
    different += other.different;
    other.shown.forEach(this::show);
  }

  private void show(String which) {
    if (shown.size() < MOST_SHOWN) {
      shown.add(which);
    }
  }
}
