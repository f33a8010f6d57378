package io.paritree.serving;

import java.util.List;

/**
 * Bytes that are sent to a server in pieces, and what must come of them.
 *
 * @param kind for the totals
 * @param parts sent one after the other, each flushed
 * @param end what the caller does then
 * @param maxAnswers more answers than these are out of step
 * @param answer the only right answer's body; null if any lawful status will do
 */
record HostileRequest(String kind, List<byte[]> parts, End end, int maxAnswers, String answer) {
  /** What a caller does when everything is sent. */
  enum End {
    /** It is one whole request: waits for the answer and keeps the connection. */
    KEEP,
    /** Ends its side, and reads until the server has ended its own. */
    FINISH,
    /** Goes away without reading. */
    CLOSE,
    /** Resets the connection. */
    RESET
  }
}
