package io.paritree.serving.indexes;

import io.paritree.lookup.parquet.Room;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * An index that is being made in the server's own directory; removed unless it was finished.
 *
 * <p>For one thread; others read only {@link #needed} and {@link #written}.
 */
final class MadeIndex implements Room, AutoCloseable {
  private final IndexDirectory directory;
  private final Path path;
  private volatile long needed;
  private volatile long written;
  private long wanted;
  private boolean isWhole;

  /**
   * @param parent where its own directory is to be made
   */
  MadeIndex(IndexDirectory directory, Path parent) {
    this.directory = directory;
    this.path = parent.resolve(UUID.randomUUID().toString());
  }

  /** Returns the directory of its files. */
  Path path() {
    return path;
  }

  /** Returns how many bytes it may have. */
  long needed() {
    return needed;
  }

  /** Returns how many bytes it has. */
  long written() {
    return written;
  }

  /** Returns how many bytes were asked for, whether there was room or not. */
  long wanted() {
    return wanted;
  }

  void grown(long bytes) {
    needed = bytes;
  }

  @Override
  public void need(long bytes) throws IOException {
    wanted = Math.max(wanted, bytes);
    if (bytes > needed || needed == 0) {
      directory.reserve(this, bytes);
    }
  }

  @Override
  public void take(long bytes) throws IOException {
    if (written + bytes > needed) {
      need(written + bytes);
    }

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
