package io.paritree.serving.log;

import java.io.IOException;

/** The destination of a {@link LineWriter}; used only by its thread, which it may block. */
interface LogTarget extends AutoCloseable {
  /**
   * Writes whole lines: all or none, where possible.
   *
   * @param lines holds them from index 0
   * @throws PartialWriteException if some bytes were written, and cannot be taken back
   * @throws IOException if they cannot be written now; the next call tries again
   */
  void write(byte[] lines, int length) throws IOException;

  /** Does periodic work; called about once a second, with or without new lines. */
  default void tend() throws IOException {}

  @Override
  void close() throws IOException;
}
