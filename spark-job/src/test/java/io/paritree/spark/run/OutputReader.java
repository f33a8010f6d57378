package io.paritree.spark.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the partitions of an output again and again. Each must be absent, or hold all rows of
 * one run; the sequence of these states is recorded.
 */
final class OutputReader implements AutoCloseable {
  private final ReaderView view;
  private final AtomicLong looks = new AtomicLong();
  private final Map<String, List<String>> histories = new ConcurrentHashMap<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Semaphore turn = new Semaphore(1);
  private volatile Throwable failure; // why it has ended by itself; null if it has not
  private final Thread thread = new Thread(this::look, "reader");

  OutputReader(ReaderView view) {
    this.view = view;
    thread.start();
  }

  private void look() {
    try {
      lookOften();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void lookOften() {
    while (!ended.get()) {
      turn.acquireUninterruptibly();
      try {
        looks.addAndGet(view.look(this::remember));
      } finally {
        turn.release();
      }

      LockSupport.parkNanos(view.pause().toNanos());
    }
  }

  /** Returns the one permit that the reader holds while it looks at the output. */
  Semaphore turn() {
    return turn;
  }

  private void remember(String partition, String seen) {
    List<String> history = histories.computeIfAbsent(partition, name -> new ArrayList<>());
    if (history.isEmpty() || !history.get(history.size() - 1).equals(seen)) {
      history.add(seen);
    }
  }

  /**
   * Returns the runs whose rows a partition has held, in the order in which they were seen; an
   * empty text for a time when it was absent. To be called after {@link #end}.
   */
  List<String> history(String partition) {
    return histories.getOrDefault(partition, List.of());
  }

  /** Returns how often a partition was looked at. */
  long looks() {
    return looks.get();
  }

  @Override
  public void close() {
    end();
  }

  /**
   * Stops reading, and waits until the reading thread has ended.
   *
   * @throws IllegalStateException if it had ended before
   */
  void end() {
    ended.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    if (failure != null) {
      throw new IllegalStateException("Cannot go on reading the output", failure);
    }
  }
}
