package io.paritree.spark.publish;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Locks of the operating system on files. They are released immediately when their process ends.
 *
 * <p>The operating system assigns locks to processes, and releases a process's lock on a file when
 * the process closes any of its channels to that file. This class therefore remembers the paths
 * that this process has locked, and never opens such a file a second time. Thread-safe.
 */
final class FileLocks {
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private FileLocks() {}

  /** A lock that is held until it is closed. */
  record Held(Path file, FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try (channel) {
        lock.release();
      } finally {
        HELD.remove(file);
      }
    }
  }

  /**
   * Takes the lock on a file, which is created if it does not exist.
   *
   * @return empty if a thread or process holds it
   */
  static Optional<Held> tryLock(Path file) throws IOException {
    return tryLock(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Returns whether a thread or process holds the lock on a file; false if there is no file. */
  static boolean isLocked(Path file) throws IOException {
    try {
      Optional<Held> held = tryLock(file, StandardOpenOption.WRITE);
      if (held.isPresent()) {
        held.get().close();
      }

      return held.isEmpty();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Removes a file unless a thread or process holds its lock; no other thread or process can take
   * the lock meanwhile.
   */
  static void deleteUnlessLocked(Path file) throws IOException {
    try {
      Optional<Held> held = tryLock(file, StandardOpenOption.WRITE);
      if (held.isPresent()) {
        try (Held lock = held.get()) {
          Files.deleteIfExists(lock.file);
        }
      }
    } catch (NoSuchFileException e) {
      // The file no longer exists.
    }
  }

  private static Optional<Held> tryLock(Path file, StandardOpenOption... options)
      throws IOException {
    if (!HELD.add(file)) {
      return Optional.empty();
    }

    Held held = null;
    try {
      FileChannel channel = FileChannel.open(file, options);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
      } else {
        held = new Held(file, channel, lock);
      }
    } finally {
      if (held == null) {
        HELD.remove(file);
      }
    }

    return Optional.ofNullable(held);
  }
}
