package io.paritree.spark.task;

/**
 * Which entries of a dictionary the rows of a block hold in one column.
 *
 * <p>Entries are numbered from 1; 0 is null. Not thread-safe.
 */
public final class DictionaryIds {
  private final int[] ofRows = new int[TaskPlan.BLOCK_ROWS];
  private Object dictionary;
  private int entries;

  /** Begins a column; its ids go to {@link #ofRows}. */
  void begin(Object dictionary, int entries) {
    this.dictionary = dictionary;
    this.entries = entries;
  }

  /** Returns an object that is the same as long as the ids belong to the same dictionary. */
  public Object dictionary() {
    return dictionary;
  }

  /** Returns the number of entries; in a damaged file, an id may be greater. */
  public int entries() {
    return entries;
  }

  /** Returns the id of each row; valid until the ids of another column are read. */
  public int[] ofRows() {
    return ofRows;
  }
}
