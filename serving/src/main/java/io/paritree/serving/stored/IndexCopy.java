package io.paritree.serving.stored;

import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An index that is being copied into the server's own directory; removed unless it was finished.
 *
 * <p>For one thread; others read only {@link #needed} and {@link #written}.
 */
final class IndexCopy implements AutoCloseable {
  private final IndexDirectory directory;
  private final Path path;
  private final long needed;
  private volatile long written;
  private boolean isWhole;

  /**
   * @param path the directory of its files
   * @param needed bytes of all its files
   */
  IndexCopy(IndexDirectory directory, Path path, long needed) {
    this.directory = directory;
    this.path = path;
    this.needed = needed;
  }

  /** Returns the directory of its files. */
  Path path() {
    return path;
  }

  /** Returns how many bytes it will have. */
  long needed() {
    return needed;
  }

  /** Returns how many bytes it has. */
  long written() {
    return written;
  }

  /** Says that bytes are written. */
  void wrote(long bytes) {
    written += bytes;
  }

  /** Puts it into its place, in one step. */
  void finish(Location place) throws IOException {
    directory.finish(this, place);
    isWhole = true;
  }

  @Override
  public void close() throws IOException {
    if (!isWhole) {
      directory.abandon(this);
    }
  }
}
