package io.paritree.replay;

/** What a line is found to be that cannot be scored again as it stands. */
sealed interface LineFinding {
  /**
   * It is another one than its model gives.
   *
   * @param column what differs
   * @param logged its value in the line
   * @param again the value that follows from the rest of the line
   */
  record Different(String column, String logged, String again) implements LineFinding {}

  /**
   * Something is missing.
   *
   * @param missing what
   */
  record Incomplete(String missing) implements LineFinding {}
}
