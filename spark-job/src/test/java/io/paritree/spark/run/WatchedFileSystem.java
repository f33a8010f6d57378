package io.paritree.spark.run;

import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files as {@code watched:///path}; a test may do something before a directory or a file is
 * listed or opened, and sees which threads list directories and open files.
 */
public final class WatchedFileSystem extends RawLocalFileSystem {
  private static final Runnable NOTHING = () -> {};
  private static final AtomicReference<Runnable> BEFORE = new AtomicReference<>(NOTHING);
  private static final AtomicReference<Runnable> BEFORE_LIST_OF_FILE =
      new AtomicReference<>(NOTHING);
  private static final AtomicReference<Runnable> BEFORE_OPEN = new AtomicReference<>(NOTHING);

  private static final Set<String> CALLERS = ConcurrentHashMap.newKeySet();

  /** Returns the names of the threads that have listed directories and opened files since. */
  static Set<String> callers() {
    return Set.copyOf(CALLERS);
  }

  static void forgetCallers() {
    CALLERS.clear();
  }

  /** Has this done once, before the next directory is listed. */
  static void beforeNextList(Runnable action) {
    BEFORE.set(action);
  }

  /** Has this done once, before the next file of Parquet is listed, which Spark does first. */
  static void beforeNextListOfFile(Runnable action) {
    BEFORE_LIST_OF_FILE.set(action);
  }

  /** Has this done once, before the next file of Parquet is opened. */
  static void beforeNextOpen(Runnable action) {
    BEFORE_OPEN.set(action);
  }

  private static void run(AtomicReference<Runnable> action, Path file) {
    if (file.getName().endsWith(".parquet")) {
      action.getAndSet(NOTHING).run();
    }
  }

  @Override
  public URI getUri() {
    return URI.create("watched:///");
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    CALLERS.add(Thread.currentThread().getName());
    BEFORE.getAndSet(NOTHING).run();
    run(BEFORE_LIST_OF_FILE, directory);
    return super.listStatus(directory);
  }

  @Override
  public FSDataInputStream open(Path file, int buffer) throws IOException {
    CALLERS.add(Thread.currentThread().getName());
    run(BEFORE_OPEN, file);
    return super.open(file, buffer);
  }
}
