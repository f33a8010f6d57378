package io.paritree.serving.models;

import io.paritree.serving.metrics.BackgroundThread;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the profiles of all models' requests once a second, in a thread of its own. */
public final class RequestProfiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RequestProfiles.class);

  private final Models models;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> BackgroundThread.of(task, "profiles"));

  public RequestProfiles(Models models, InstantSource clock) {
    this.models = models;
    this.clock = clock;
  }

  /** Starts to collect. */
  public void begin() {
    thread.scheduleWithFixedDelay(this::collect, 1, 1, TimeUnit.SECONDS);
  }

  private void collect() {
    for (ModelSlot slot : models.all()) {
      try {
        slot.current().profile().ifPresent(profile -> profile.collect(clock.instant()));
      } catch (RuntimeException e) { // the next rows are counted all the same
        LOG.warn("Cannot count the requests of {}", slot.current().name(), e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
