package io.paritree.serving.stored;

import java.io.IOException;

/**
 * Counts the files that the indexes of all outputs have open, and limits them, so that connections
 * still get descriptors. Thread-safe.
 */
public final class OpenFiles {
  private final long most;
  private long open;

  public OpenFiles(long most) {
    this.most = most;
  }

  /**
   * Counts the files of an index that is opened.
   *
   * @throws IOException if they would be too many
   */
  synchronized void take(int files) throws IOException {
    if (open + files > most) {
      throw new IOException(
          ("Cannot open the index: it has %s files, and those of others %s, but the system leaves %s for"
                  + " indexes beside server.max-connections; raise the limit (ulimit -n, or"
                  + " LimitNOFILE of systemd), or lower server.max-connections or keep-partitions")
              .formatted(files, open, most));
    }

    open += files;
  }

  /** Counts the files of an index that is closed. */
  synchronized void giveBack(int files) {
    open -= files;
  }

  /** Returns whether more than half of the files that may be open are. */
  synchronized boolean areShort() {
    return open > most / 2;
  }

  public synchronized long open() {
    return open;
  }
}
