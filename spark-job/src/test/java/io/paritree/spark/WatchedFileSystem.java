package io.paritree.spark;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files as {@code watched:///path}; a test may do something before a directory is listed. */
public final class WatchedFileSystem extends RawLocalFileSystem {
  private static final Runnable NOTHING = () -> {};
  private static final AtomicReference<Runnable> BEFORE = new AtomicReference<>(NOTHING);

  /** Has this done once, before the next directory is listed. */
  static void beforeNextList(Runnable action) {
    BEFORE.set(action);
  }

  @Override
  public URI getUri() {
    return URI.create("watched:///");
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    BEFORE.getAndSet(NOTHING).run();
    return super.listStatus(directory);
  }
}
