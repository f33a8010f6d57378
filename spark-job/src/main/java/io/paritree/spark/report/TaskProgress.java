package io.paritree.spark.report;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many tasks of a run have ended, and how many rows they have read. Thread-safe. */
public final class TaskProgress {
  private final OptionalLong expectedRows;
  private volatile long begin = System.nanoTime();
  private final AtomicInteger tasks = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicLong rows = new AtomicLong();

  /**
   * @param expectedRows how many rows there are, if that is known
   */
  public TaskProgress(OptionalLong expectedRows) {
    this.expectedRows = expectedRows;
  }

  /** Records that more tasks will run; the first of them begin the time that rows take. */
  public void tasksAdded(int added) {
    if (tasks.getAndAdd(added) == 0) {
      begin = System.nanoTime();
    }
  }

  public void taskEnded(long rowsRead) {
    ended.incrementAndGet();
    rows.addAndGet(rowsRead);
  }

  public String line() {
    double seconds = (System.nanoTime() - begin) / 1e9;
    return line(ended.get(), tasks.get(), rows.get(), expectedRows, seconds);
  }

  static String line(int ended, int tasks, long rows, OptionalLong expectedRows, double seconds) {
    if (tasks == 0) {
      return "score: preparing the tasks";
    }

    if (ended == 0) {
      return "score: 0 of %s tasks".formatted(tasks);
    }

    double done =
        expectedRows.orElse(0) > 0
            ? (double) rows / expectedRows.getAsLong()
            : (double) ended / tasks;
    String left =
        done > 0 && done <= 1
            ? String.format(Locale.ROOT, ", about %.0f s left", seconds * (1 - done) / done)
            : "";
    return String.format(
        Locale.ROOT,
        "score: %d of %d tasks, %,d rows, %,.0f rows/s%s",
        ended,
        tasks,
        rows,
        rows / seconds,
        left);
  }
}
