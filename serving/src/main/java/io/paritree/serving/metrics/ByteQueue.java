package io.paritree.serving.metrics;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What requests leave for another thread, bounded in bytes. Thread-safe; adding takes no lock,
 * wakes no thread and never waits.
 *
 * @param <T> what waits
 */
public final class ByteQueue<T> {
  private final long most;
  private final Queue<Entry<T>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();

  private record Entry<T>(T value, long bytes) {}

  /**
   * @param most maximum number of bytes that wait
   */
  public ByteQueue(long most) {
    this.most = most;
  }

  /**
   * Adds a value, unless there is no room.
   *
   * @param bytes about how many bytes of memory it takes while it waits
   * @param value makes the value; not called if there is no room
   * @return whether there was room
   */
  public boolean add(long bytes, Supplier<T> value) {
    if (waiting.addAndGet(bytes) > most) {
      waiting.addAndGet(-bytes);
      return false;
    }

    boolean isAdded = false;
    try {
      queue.add(new Entry<>(value.get(), bytes));
      isAdded = true;
    } finally {
      if (!isAdded) {
        waiting.addAndGet(-bytes);
      }
    }

    return true;
  }

  /** Removes and returns the value that was added first; null if nothing waits. */
  public T poll() {
    Entry<T> entry = queue.poll();
    if (entry == null) {
      return null;
    }

    waiting.addAndGet(-entry.bytes());
    return entry.value();
  }
}
