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

  /** Returns how many rows one model alone scores. */
  long onlyBy(Side scoring) {
    return only[scoring.ordinal()];
  }

  long neither() {
    return neither;
  }
}
