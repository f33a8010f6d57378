package io.paritree.replay;

/**
 * Where a line is, and what it is about.
 *
 * @param file the place of its file among the files
 * @param path its file
 * @param line its number there, from 1
 * @param requestId of the request; empty if it had none
 * @param row the position of the row in the request
 */
record LinePlace(int file, String path, long line, String requestId, String row)
    implements Comparable<LinePlace> {
  @Override
  public int compareTo(LinePlace other) {
    return file == other.file ? Long.compare(line, other.line) : Integer.compare(file, other.file);
  }
}
