package io.paritree.comparison;

/** Some rows of a block, divided by which models have scored them. Not thread-safe. */
final class DividedRows {
  private final ComparedBlock block;
  private final int[] both;
  private int count;
  private final long[] only = new long[Side.values().length];
  private long neither;

  /** Begins with no row of a block. */
  DividedRows(ComparedBlock block) {
    this.block = block;
    this.both = new int[block.rows()];
  }

  /** Returns all rows of a block. */
  static DividedRows of(ComparedBlock block) {
    DividedRows rows = new DividedRows(block);
    for (int row = 0; row < block.rows(); row++) {
      rows.add(row);
    }

    return rows;
  }

  /** Adds a row of the block. */
  void add(int row) {
    boolean champion = block.isScored(Side.CHAMPION, row);
    boolean challenger = block.isScored(Side.CHALLENGER, row);
    if (champion && challenger) {
      both[count++] = row;
    } else if (champion || challenger) {
      only[(champion ? Side.CHAMPION : Side.CHALLENGER).ordinal()]++;
    } else {
      neither++;
    }
  }

  ComparedBlock block() {
    return block;
  }

  /** Returns the rows that both models score: the first {@link #count} of these. */
  int[] both() {
    return both;
  }

  int count() {
    return count;
  }

  /**
   * Copies a value of each of the rows that both models score.
   *
   * @param values of the block, {@code each} per row
   * @param place of the value among those of a row
   */
  void gather(float[] values, int each, int place, float[] to) {
    if (count == 0) {
      return;
    }

    if (each == 1 && both[count - 1] - both[0] == count - 1) {
      System.arraycopy(values, both[0], to, 0, count); // rows ascend, so none is left out
      return;
    }

    for (int at = 0; at < count; at++) {
      to[at] = values[both[at] * each + place];
    }
  }

  /** Returns how many rows one model alone scores. */
  long onlyBy(Side scoring) {
    return only[scoring.ordinal()];
  }

  long neither() {
    return neither;
  }
}
