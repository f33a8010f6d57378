package io.paritree.replay;

import io.paritree.model.rows.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the parts of a replay at the same time. If one fails, the others end with their block. */
final class ReplayThreads {
  private ReplayThreads() {}

  /** Runs the parts to their ends. */
  static void run(List<LineReplay> parts, LineBlocks blocks) throws InputException, IOException {
    ExecutorService threads = Executors.newFixedThreadPool(parts.size(), ReplayThreads::daemon);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (LineReplay part : parts) {
        running.add(threads.submit(() -> run(part, blocks)));
      }

      for (Future<?> part : running) {
        part.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot replay: interrupted", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      blocks.stop();
      threads.shutdown();
    }
  }

  private static Void run(LineReplay part, LineBlocks blocks) throws InputException, IOException {
    boolean isDone = false;
    try {
      part.run();
      isDone = true;
    } finally {
      if (!isDone) {
        blocks.stop();
      }
    }

    return null;
  }

  private static IOException failure(Throwable cause) throws InputException {
    if (cause instanceof InputException refused) {
      throw refused;
    } else if (cause instanceof Error error) {
      throw error;
    } else if (cause instanceof RuntimeException failure) {
      throw failure;
    }

    return (IOException) cause;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "replay");
    thread.setDaemon(true);
    return thread;
  }
}
