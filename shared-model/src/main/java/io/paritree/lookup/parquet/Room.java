package io.paritree.lookup.parquet;

import java.io.IOException;

/** The room on the disk for an index that is being built. */
public interface Room {
  /**
   * Says how much room will be needed in all.
   *
   * @throws IOException if there is less
   */
  void need(long bytes) throws IOException;

  /**
   * Takes room for bytes that are written next.
   *
   * @throws IOException if there is none
   */
  void take(long bytes) throws IOException;
}
