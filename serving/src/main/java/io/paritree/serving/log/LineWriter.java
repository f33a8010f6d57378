package io.paritree.serving.log;

import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.metrics.ByteQueue;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log from its own thread, so that a full disk, a blocked pipe or a missing directory
 * never delays a request and never stops the server.
 *
 * <p>The waiting lines are bounded in bytes. Lines that do not fit, and lines that cannot be
 * written, are dropped and counted. A failure to write is logged once when it begins and once when
 * it ends; lines that do not fit are logged at most once a minute. Thread-safe; adding lines takes
 * no lock and wakes no thread.
 */
final class LineWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);

  private static final int FLUSH_BYTES = 64 << 10;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long OVERFLOW_LOGGED_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long CLOSE_MILLIS = 1_000;

  private final String name;
  private final LogTarget target;
  private final ByteQueue<LogLines> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicBoolean overflowLogged = new AtomicBoolean();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean failing; // written only by the thread

  /**
   * @param name what the log is called in messages and metrics, such as "request log"
   * @param target closed together with this writer
   * @param maxWaitingBytes maximum number of bytes that wait to be written
   */
  LineWriter(String name, LogTarget target, long maxWaitingBytes) {
    this.name = name;
    this.target = target;
    this.queue = new ByteQueue<>(maxWaitingBytes);
    this.thread = new Thread(new Writing(), name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Adds lines; never waits.
   *
   * @param count number of lines
   * @param bytes about how many bytes of memory they take while they wait
   * @param lines makes the lines; not called if there is no room
   */
  void add(int count, long bytes, Supplier<LogLines> lines) {
    if (!queue.add(bytes, lines)) {
      dropped.addAndGet(count);
      if (overflowLogged.compareAndSet(false, true)) {
        LOG.warn("Lines of the {} are dropped: they come faster than they are written", name);
      }
    }
  }

  /** Returns the number of lines that were not written. */
  long dropped() {
    return dropped.get();
  }

  /** Returns whether the last attempt to write failed. */
  boolean isFailing() {
    return failing;
  }

  /** Writes the waiting lines, for at most a second, and ends. */
  @Override
  public void close() {
    ending.set(true);
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    if (thread.isAlive()) {
      LOG.warn("The {} cannot be finished in time; its last lines are lost", name);
    }
  }

  /** The work of the thread. */
  private final class Writing implements Runnable {
    private final JsonBytes text = new JsonBytes();
    private int pending; // lines in the text
    private long failedAt;
    private long tendedAt = System.nanoTime();
    private long overflowSeenAt;
    private boolean tendingFailed;

    @Override
    public void run() {
      try (target) {
        boolean last;
        do {
          last = ending.get(); // read before the queue is emptied
          empty();
          flush();
          tend();
          if (!last) {
            LockSupport.parkNanos(PAUSE_NANOS);
          }
        } while (!last);
      } catch (IOException e) {
        LOG.warn("Cannot close the {}: {}", name, reason(e));
      }
    }

    private void empty() {
      for (LogLines lines = queue.poll(); lines != null; lines = queue.poll()) {
        int count = lines.count();
        for (int index = 0; index < count; index++) {
          lines.write(index, text);
          pending++;
          if (text.length() >= FLUSH_BYTES) {
            flush();
          }
        }
      }
    }

    private void flush() {
      if (pending == 0) {
        return;
      }

      if (failing && System.nanoTime() - failedAt < RETRY_NANOS && !ending.get()) {
        dropped.addAndGet(pending);
      } else {
        try {
          target.write(text.array(), text.length());
          succeeded();
        } catch (IOException | RuntimeException e) {
          failed(e);
        }
      }

      text.clear();
      pending = 0;
    }

    private void succeeded() {
      if (failing) {
        failing = false;
        LOG.info("The {} can be written again; {} of its lines were dropped", name, dropped.get());
      }
    }

    private void failed(Exception cause) {
      dropped.addAndGet(pending - written(cause));
      failedAt = System.nanoTime();
      if (!failing) {
        failing = true;
        LOG.warn(
            "Cannot write the {}; the server continues, and drops the lines of this log until it"
                + " can be written again: {}",
            name,
            reason(cause));
      }
    }

    /** Returns how many lines were written before it failed. */
    private int written(Exception cause) {
      int bytes = cause instanceof PartialWriteException partial ? partial.written() : 0;
      int lines = 0;
      for (int at = 0; at < bytes; at++) {
        lines += text.array()[at] == '\n' ? 1 : 0;
      }

      return lines;
    }

    private void tend() {
      long now = System.nanoTime();
      if (now - tendedAt < RETRY_NANOS) {
        return;
      }

      tendedAt = now;
      if (!overflowLogged.get()) {
        overflowSeenAt = now;
      } else if (now - overflowSeenAt > OVERFLOW_LOGGED_NANOS) {
        overflowLogged.set(false);
      }

      try {
        target.tend();
        tendingFailed = false;
      } catch (IOException | RuntimeException e) {
        if (!tendingFailed) {
          tendingFailed = true;
          LOG.warn("Cannot rotate the {} or delete its old files: {}", name, reason(e));
        }
      }
    }
  }

  private static String reason(Exception cause) {
    if (cause instanceof FileSystemException at) {
      String known = at instanceof NoSuchFileException ? "its directory is gone" : "refused";
      return at.getFile() + ": " + (at.getReason() == null ? known : at.getReason());
    }

    return String.valueOf(cause.getMessage());
  }
}
