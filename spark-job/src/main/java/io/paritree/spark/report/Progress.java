package io.paritree.spark.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints the progress of a run on a stream, at a fixed interval.
 *
 * <p>For a run that is shorter than the interval, it prints nothing. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  private final PrintStream out;
  private final OptionalLong expectedRows;
  private final ScheduledExecutorService timer;
  private final long begin = System.nanoTime();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong rows = new AtomicLong();

  /**
   * Starts.
   *
   * @param every the interval; zero to print nothing
   * @param expectedRows how many rows there are, if that is known
   */
  public Progress(PrintStream out, Duration every, OptionalLong expectedRows) {
    this.out = out;
    this.expectedRows = expectedRows;
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
        this::print, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Records that more tasks will run. */
  public void tasksAdded(int added) {
    tasks.addAndGet(added);
  }

  /** Records that a task has succeeded. */
  public void taskEnded(long rowsRead) {
    ended.incrementAndGet();
    rows.addAndGet(rowsRead);
  }

  /** Returns how many tasks have succeeded. */
  public int ended() {
    return ended.get();
  }

  private void print() {
    double seconds = (System.nanoTime() - begin) / 1e9;
    out.println(line(ended.get(), tasks.get(), rows.get(), expectedRows, seconds));
  }

  /** Returns the line that is printed. */
  static String line(int ended, int tasks, long rows, OptionalLong expectedRows, double seconds) {
    double rate = rows / seconds;
    String left = "";
    if (ended > 0 && tasks > 0) {
      double done =
          expectedRows.orElse(0) > 0
              ? (double) rows / expectedRows.getAsLong()
              : (double) ended / tasks;
      left = String.format(Locale.ROOT, ", about %.0f s left", seconds * (1 - done) / done);
    }

    return String.format(
        Locale.ROOT,
        "score: %d of %d tasks, %,d rows, %,.0f rows/s%s",
        ended,
        tasks,
        rows,
        rate,
        left);
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
