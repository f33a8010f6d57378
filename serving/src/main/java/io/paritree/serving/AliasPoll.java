package io.paritree.serving;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks for new versions at a fixed distance, in a thread of its own. */
final class AliasPoll implements AutoCloseable {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread poll = new Thread(task, "alias-poll");
            poll.setDaemon(true);
            return poll;
          });

  /**
   * @param distance time between two looks; zero for none at all
   */
  AliasPoll(Models models, Duration distance) {
    if (!distance.isZero()) {
      long millis = distance.toMillis();
      thread.scheduleWithFixedDelay(
          () -> models.all().forEach(ModelSlot::poll), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
