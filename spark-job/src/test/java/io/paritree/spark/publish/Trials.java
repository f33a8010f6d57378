package io.paritree.spark.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trials that are independent of each other, some of them at the same time: they wait for a disk,
 * which writes what several of them wait for at once, or for signs of life that have stopped.
 */
final class Trials {
  private static final int AT_ONCE = 8;

  private Trials() {}

  /** One of the trials. */
  @FunctionalInterface
  interface Trial<T> {
    void run(T of) throws Exception;
  }

  /** Runs a trial of each element; throws what the first one has thrown that has failed. */
  static <T> void ofEach(Iterable<T> all, Trial<T> trial) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Void>> running = new ArrayList<>();
      for (T one : all) {
        running.add(
            threads.submit(
                () -> {
                  trial.run(one);
                  return null;
                }));
      }

      for (Future<Void> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }

      throw (Exception) e.getCause();
    } finally {
      threads.shutdownNow();
    }
  }
}
