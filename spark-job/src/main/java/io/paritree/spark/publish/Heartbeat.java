package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rewrites a small file while this process runs, each time with a different content.
 *
 * <p>If a beat cannot be written, it is left out and the next one is tried. A process that watches
 * the file compares its content, and measures time with its own clock; the clocks of two machines
 * are never compared.
 */
final class Heartbeat implements AutoCloseable {
  private final FileStore store;
  private final Location file;
  private final String owner;
  private final AtomicLong beats = new AtomicLong();
  private final ScheduledExecutorService timer;

  /**
   * Writes the first beat and starts.
   *
   * @param owner is written into the file, for people who read it
   */
  Heartbeat(FileStore store, Location file, String owner, Duration beat) throws IOException {
    this.store = store;
    this.file = file;
    this.owner = owner;
    write();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "paritree-heartbeat");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleWithFixedDelay(
        this::beat, beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      write();
    } catch (IOException | RuntimeException e) {
      // The next beat is tried. If the store stays unavailable, this process will count as dead.
    }
  }

  private void write() throws IOException {
    store.replace(file, OutputPlace.utf8(owner + " " + beats.incrementAndGet() + "\n"));
  }

  /** Stops, and waits until no beat is being written; the file stays. */
  @Override
  public void close() {
    // Not interrupted: a beat that is being written is written to its end.
    timer.shutdown();
    try {
      timer.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
