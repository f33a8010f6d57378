package io.paritree.spark.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * An output's lock on a local disk: a lock of the operating system on a file, released when the
 * holder's process ends.
 */
record LocalOutputLock(FileLocks.Held held) implements OutputLock {
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

  static LocalOutputLock take(OutputPlace place) throws IOException {
    Path file = place.lock().toPath().resolve("held");
    while (true) {
      Optional<FileLocks.Held> held = FileLocks.tryLock(file);
      if (held.isPresent()) {
        return new LocalOutputLock(held.get());
      }

      if (Thread.interrupted()) {
        throw new IOException("Cannot wait for the lock %s: interrupted".formatted(file));
      }

      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void confirm() {
    // The operating system releases the lock when the process ends, and not before.
  }

  @Override
  public void close() throws IOException {
    held.close();
  }
}
