package io.paritree.replay;

/**
 * A line of a log file.
 *
 * @param file the place of its file among the files
 * @param path its file
 * @param number its number there, from 1
 * @param bytes of the line, without its line feed
 * @param isCut whether its line feed is missing
 */
record LoggedLine(int file, String path, long number, byte[] bytes, boolean isCut) {
  /** Returns whether it has only blanks. */
  boolean isBlank() {
    for (byte each : bytes) {
      if (each > ' ' || each < 0) {
        return false;
      }
    }

    return true;
  }

  /**
   * Returns where it is.
   *
   * @param requestId of its request; empty if it had none
   * @param row the position of its row in the request
   */
  LinePlace place(String requestId, String row) {
    return new LinePlace(file, path, number, requestId, row);
  }
}
