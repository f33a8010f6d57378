package io.paritree.record;

import io.paritree.Fault;

/** A document is not JSON, or exceeds the reader's limits; no part of it was used. */
public final class MalformedJsonException extends Exception {
  private static final int MAX_REASON = 100;

  /**
   * @param reason for the message; foreign text in it is escaped and cut
   * @param line counted from 1
   * @param column in bytes, counted from 1
   */
  MalformedJsonException(String reason, int line, int column) {
    super(
        "Cannot read the JSON document: %s, at line %s, column %s"
            .formatted(Fault.printable(reason, MAX_REASON), line, column));
  }
}
