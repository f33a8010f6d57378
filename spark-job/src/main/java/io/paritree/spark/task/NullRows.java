package io.paritree.spark.task;

/** The rows of a block that are null in one column, in their order. Not thread-safe. */
public final class NullRows {
  private final int[] rows = new int[TaskPlan.BLOCK_ROWS];
  private int count;

  /** Returns where the rows are kept; {@link #end} states how many there are. */
  int[] begin() {
    return rows;
  }

  void end(int count) {
    this.count = count;
  }

  /** Returns how many rows are null. */
  public int count() {
    return count;
  }

  /** Returns the row of the null at {@code index}, from 0 to {@link #count} - 1. */
  public int row(int index) {
    return rows[index];
  }
}
