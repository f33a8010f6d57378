package io.paritree.serving;

import java.util.List;

/**
 * Bytes that are sent to a server in pieces, and the result that is required.
 *
 * @param kind its kind in the totals
 * @param parts sent one after the other, each flushed
 * @param end what the caller does when everything is sent
 * @param maxAnswers largest number of answers; with more, answers and requests no longer match
 * @param answer body of the only right answer; null if any allowed status is right
 */
record HostileRequest(String kind, List<byte[]> parts, End end, int maxAnswers, String answer) {
  /** What a caller does when everything is sent. */
  enum End {
    /** Waits for the answer and keeps the connection; what was sent is one whole request. */
    KEEP,
    /** Closes its side of the connection, and reads until the server has closed the other side. */
    FINISH,
    /** Closes the connection without reading. */
    CLOSE,
    /** Resets the connection. */
    RESET
  }
}
