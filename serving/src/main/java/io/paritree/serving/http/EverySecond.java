package io.paritree.serving.http;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A check of all connections that Jetty's scheduler runs once a second, from the start of this
 * object to its stop.
 */
public abstract class EverySecond extends AbstractLifeCycle {
  private static final long INTERVAL_MILLIS = 1_000;

  private final Supplier<Scheduler> scheduler;
  private volatile Scheduler.Task next;

  /**
   * @param scheduler called when a check is scheduled, because there may be no scheduler before the
   *     start
   */
  protected EverySecond(Supplier<Scheduler> scheduler) {
    this.scheduler = scheduler;
  }

  /** Does the check; called by one thread at a time. */
  protected abstract void look();

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    next.cancel();
  }

  private void schedule() {
    next = scheduler.get().schedule(this::checkAndSchedule, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void checkAndSchedule() {
    try {
      look();
    } finally { // an error, for instance of memory, does not end the checks
      if (isRunning()) {
        schedule();
      }
    }
  }
}
