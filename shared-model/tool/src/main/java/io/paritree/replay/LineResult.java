package io.paritree.replay;

/** What a line is found to be. */
sealed interface LineResult {
  /** Its row was scored again, with the same bits. */
  record Same() implements LineResult {}

  /** Its row was refused, so that it has no score. */
  record Refused() implements LineResult {}

  /**
   * It is another one than its model gives.
   *
   * @param column what differs
   * @param logged its value in the line
   * @param again the value that follows from the rest of the line
   */
  record Different(String column, String logged, String again) implements LineResult {}

  /**
   * The version that it names is another model now.
   *
   * @param difference how, in a sentence without its full stop
   */
  record Replaced(String difference) implements LineResult {}

  /**
   * Something is missing.
   *
   * @param missing what
   */
  record Incomplete(String missing) implements LineResult {}

  /** It is no line of a prediction log, or not of this model. */
  record Unreadable(String why) implements LineResult {}
}
