package io.paritree.replay;

/**
 * Whole lines of a file.
 *
 * @param file its place among the files
 * @param path its name, for messages
 * @param firstLine the number of the first line, from 1
 * @param bytes holds the lines
 * @param length how many bytes they have
 */
record LineBlock(int file, String path, long firstLine, byte[] bytes, int length) {
  /** Returns where the line that begins at {@code from} ends, before its line feed. */
  int end(int from) {
    int end = from;
    while (end < length && bytes[end] != '\n') {
      end++;
    }

    return end;
  }

  /** Returns whether a line that ends there was cut: its line feed is missing. */
  boolean isCut(int end) {
    return end == length && length > 0 && bytes[length - 1] != '\n';
  }
}
