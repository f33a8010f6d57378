package io.paritree.record;

import io.paritree.Fault;

/** A document is no JSON, or goes beyond the reader's limits; nothing of it was used. */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MAX_REASON = 100;

  private final int line;
  private final int column;

  /**
   * @param reason what is wrong; foreign text in it is escaped and cut
   * @param line counted from 1
   * @param column in bytes, counted from 1
   */
  MalformedJsonException(String reason, int line, int column) {
    super(
        "Cannot read the JSON document: %s, at line %s, column %s"
            .formatted(Fault.printable(reason, MAX_REASON), line, column));
    this.line = line;
    this.column = column;
  }

  /** Returns the line that is wrong, counted from 1. */
  public int line() {
    return line;
  }

  /** Returns where in the line it is wrong, in bytes, counted from 1. */
  public int column() {
    return column;
  }
}
