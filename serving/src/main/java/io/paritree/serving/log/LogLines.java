package io.paritree.serving.log;

import io.paritree.serving.answer.JsonBytes;

/** Lines for a log; they become text only when they are written. */
interface LogLines {
  int count();

  /**
   * Appends one line, with its line feed.
   *
   * @param index from 0, and less than {@link #count}
   */
  void write(int index, JsonBytes out);
}
