package io.paritree.spark.report;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends things to one other machine, one after the other and in the background, so that it can
 * neither fail a run nor delay it for longer than {@link #end} waits.
 *
 * <p>For one thread.
 */
public final class Delivery {
  private final Map<String, Future<Void>> sent = new LinkedHashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread daemon = new Thread(task, "paritree-delivery");
            daemon.setDaemon(true);
            return daemon;
          });

  /**
   * Sends something when all before it is sent.
   *
   * @param what the content and the receiver, for messages
   */
  public void send(String what, Callable<Void> sending) {
    sent.put(what, thread.submit(sending));
  }

  /**
   * Waits until all is sent, or the time is over.
   *
   * @param untilNanos when it is over, by {@link System#nanoTime}
   * @param err receives what could not be sent, and why
   */
  public void end(long untilNanos, PrintStream err) {
    sent.forEach(
        (what, sending) ->
            problem(sending, untilNanos)
                .ifPresent(problem -> err.println("Cannot send %s: %s".formatted(what, problem))));
    thread.shutdownNow();
  }

  private static Optional<String> problem(Future<Void> sending, long untilNanos) {
    try {
      sending.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(e.getCause().toString());
    } catch (TimeoutException e) {
      return Optional.of("there was no answer in the time that a run waits");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the run was interrupted");
    }
  }
}
