package io.paritree.spark.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Prints the progress of a part of a run on a stream, at a fixed interval.
 *
 * <p>For a part that is shorter than the interval, it prints nothing. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  private final ScheduledExecutorService timer;

  /**
   * Starts.
   *
   * @param every the interval; zero to print nothing
   * @param line returns the line to print; called by another thread
   */
  public Progress(PrintStream out, Duration every, Supplier<String> line) {
    if (every.isZero()) {
      this.timer = null;
      return;
    }

    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "paritree-progress");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleAtFixedRate(
        () -> out.println(line.get()), every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
