package io.paritree.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes many calls of a store, some of them at the same time: each waits for an answer, which takes
 * an object store as long whether it gets one call or many.
 *
 * @param most calls at the same time, at least 1
 */
public record CallsAtOnce(int most) {
  public static final CallsAtOnce DEFAULT = new CallsAtOnce(16);

  /** The name of the threads that make calls at the same time. */
  public static final String THREAD = "paritree-calls";

  public CallsAtOnce {
    if (most < 1) {
      throw new IllegalArgumentException(
          "Cannot make calls of a store: %s at the same time; expected at least 1".formatted(most));
    }
  }

  /** One or more calls that depend on each other. */
  @FunctionalInterface
  public interface Call<T, R, E extends Exception> {
    R on(T item) throws E, IOException;
  }

  /** Calls without an answer. */
  @FunctionalInterface
  public interface Change<T, E extends Exception> {
    void on(T item) throws E, IOException;
  }

  /** Returns how many calls each of some parts may make that are themselves at work at once. */
  public CallsAtOnce ofEach(int parts) {
    return new CallsAtOnce(Math.max(1, most / Math.max(1, parts)));
  }

  /** Makes changes, as {@link #answers} makes calls. */
  public <T, E extends Exception> void each(Collection<T> items, Change<T, E> change)
      throws E, IOException {
    answers(
        items,
        item -> {
          change.on(item);
          return null;
        });
  }

  /**
   * Makes a call for each item, on this thread if there is one item or one call at a time.
   *
   * @return the answers, in the order of the items; may be null
   * @throws E what the call threw that failed first. No call begins after that, and when this
   *     returns or throws, none is in progress
   * @throws InterruptedIOException if this thread was interrupted
   */
  public <T, R, E extends Exception> List<R> answers(Collection<T> items, Call<T, R, E> call)
      throws E, IOException {
    List<R> answers = new ArrayList<>(items.size());
    if (most == 1 || items.size() < 2) {
      for (T item : items) {
        answers.add(call.on(item));
      }

      return answers;
    }

    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<AtomicReference<R>> slots = new ArrayList<>(items.size());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(most, items.size()), task -> new Thread(task, THREAD));
    for (T item : items) {
      AtomicReference<R> slot = new AtomicReference<>();
      slots.add(slot);
      threads.execute(() -> make(call, item, slot, failure));
    }

    awaitEnd(threads, failure);
    if (failure.get() != null) {
      throw CallsAtOnce.<E>thrown(failure.get());
    }

    slots.forEach(slot -> answers.add(slot.get()));
    return answers;
  }

  private static <T, R> void make(
      Call<T, R, ?> call, T item, AtomicReference<R> slot, AtomicReference<Throwable> failure) {
    try {
      if (failure.get() == null) {
        slot.set(call.on(item));
      }
    } catch (Throwable e) {
      if (!failure.compareAndSet(null, e) && failure.get() != e) {
        failure.get().addSuppressed(e);
      }
    }
  }

  /** Also if this thread is interrupted: a call in progress could undo what comes next. */
  private static void awaitEnd(ExecutorService threads, AtomicReference<Throwable> failure) {
    threads.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
        failure.compareAndSet(
            null, new InterruptedIOException("Cannot go on calling a store: interrupted"));
        threads.shutdownNow();
      }
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A call throws nothing checked but E and I/O. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> E thrown(Throwable failure) throws IOException {
    if (failure instanceof Error error) {
      throw error;
    }

    if (failure instanceof RuntimeException unexpected) {
      throw unexpected;
    }

    if (failure instanceof IOException io) {
      throw io;
    }

    return (E) failure;
  }
}
