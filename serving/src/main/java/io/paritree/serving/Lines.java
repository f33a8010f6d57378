package io.paritree.serving;

/** Lines for a log, made into text when they are written. */
interface Lines {
  /** Returns the number of lines. */
  int count();

  /**
   * Appends one line, with its line feed.
   *
   * @param index from 0 to {@link #count}
   */
  void write(int index, JsonBytes out);
}
