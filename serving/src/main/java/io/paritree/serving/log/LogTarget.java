package io.paritree.serving.log;

import java.io.IOException;

/** Where a {@link LineWriter} writes; used by its thread alone, and may block it. */
interface LogTarget extends AutoCloseable {
  /**
   * Writes whole lines, all or none where that can be helped.
   *
   * @param lines holds them from index 0
   * @throws IOException if they cannot be written now; the next call tries anew
   */
  void write(byte[] lines, int length) throws IOException;

  /** Does what has to be done from time to time, lines or no lines. */
  default void tend() throws IOException {}

  @Override
  void close() throws IOException;
}
