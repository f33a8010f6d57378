package io.paritree.serving.http;

import io.paritree.serving.metrics.Arrival;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Runs at most a fixed number of requests at once. Others wait for a bounded time, as long as their
 * bodies fit in memory.
 *
 * <p>A waiting request holds no thread. A permit is returned when the handlers are done, not when
 * the answer is sent. Jetty's QoSHandler returns it only when the answer is sent, so a few callers
 * that never read would hold all permits. A request for which there is no room to wait, or that has
 * waited too long, is answered with 503. Probes always pass. Thread-safe; takes no lock.
 */
public final class Admission extends Handler.Wrapper {
  private final int permits;
  private final int maxWaiting;
  private final long maxWaitingBytes;
  private final long maxWaitMillis;
  private final CounterDataPoint refused;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

  /**
   * @param permits maximum number of requests that run at the same time
   * @param maxWaiting maximum number of requests that wait
   * @param maxWaitingBytes maximum number of bytes of the bodies of waiting requests
   * @param maxWait longest time that a request waits
   * @param refused counts the requests that are refused
   */
  public Admission(
      int permits,
      int maxWaiting,
      long maxWaitingBytes,
      Duration maxWait,
      CounterDataPoint refused) {
    this.permits = permits;
    this.maxWaiting = maxWaiting;
    this.maxWaitingBytes = maxWaitingBytes;
    this.maxWaitMillis = maxWait.toMillis();
    this.refused = refused;
  }

  public int running() {
    return running.get();
  }

  public int waiting() {
    return waiting.get();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (Probes.PATHS.contains(Request.getPathInContext(request))) {
      return super.handle(request, response, callback);
    }

    if (take()) {
      return run(request, response, callback);
    }

    Waiting entry = new Waiting(request, response, callback);
    if (!entry.mayWait()) {
      refuse(request, response, callback);
      return true;
    }

    entry.deadline =
        getServer().getScheduler().schedule(entry::expire, maxWaitMillis, TimeUnit.MILLISECONDS);
    queue.add(entry);
    next(); // a permit may have been returned since take()
    return true;
  }

  private boolean take() {
    int now = running.get();
    while (now < permits) {
      if (running.compareAndSet(now, now + 1)) {
        return true;
      }

      now = running.get();
    }

    return false;
  }

  private void giveBack() {
    running.decrementAndGet();
    next();
  }

  /** Starts waiting requests while there are free permits. */
  private void next() {
    while (!queue.isEmpty() && take()) {
      Waiting entry = queue.poll();
      if (entry != null && entry.claim()) {
        entry.deadline.cancel();
        entry.request.getContext().execute(entry::run);
      } else {
        // The queue was empty, or this request had expired: return the permit and try again.
        running.decrementAndGet();
      }
    }
  }

  private boolean run(Request request, Response response, Callback callback) throws Exception {
    Running admitted = new Running(callback);
    boolean handled = false;
    try {
      handled = super.handle(request, response, admitted);
      return handled;
    } finally {
      if (!handled) {
        admitted.release();
      }
    }
  }

  private void refuse(Request request, Response response, Callback callback) {
    refused.inc();
    Response.writeError(request, response, callback, 503);
  }

  /** A request that has a permit; returns it exactly once. */
  private final class Running extends Callback.Nested {
    private final AtomicBoolean released = new AtomicBoolean();

    Running(Callback callback) {
      super(callback);
    }

    void release() {
      if (released.compareAndSet(false, true)) {
        giveBack();
      }
    }

    @Override
    public void succeeded() {
      release();
      super.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
      release();
      super.failed(cause);
    }
  }

  /** A request without a permit; waits until it gets one or until its deadline. */
  private final class Waiting {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final int bytes;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final long begin = System.nanoTime();
    private Scheduler.Task deadline; // written before the entry is queued

    Waiting(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.bytes = Arrival.of(request).body().length;
    }

    /** Counts this request as waiting, unless that exceeds a limit. */
    boolean mayWait() {
      int count = waiting.incrementAndGet();
      if (waitingBytes.addAndGet(bytes) > maxWaitingBytes || count > maxWaiting) {
        leave();
        return false;
      }

      return true;
    }

    private void leave() {
      waiting.decrementAndGet();
      waitingBytes.addAndGet(-bytes);
    }

    boolean claim() {
      boolean mine = claimed.compareAndSet(false, true);
      if (mine) {
        leave();
      }

      return mine;
    }

    void run() {
      Arrival.of(request).waited(System.nanoTime() - begin);
      try {
        if (!Admission.this.run(request, response, callback)) {
          Response.writeError(request, response, callback, 404);
        }
      } catch (Throwable cause) {
        Response.writeError(request, response, callback, cause);
      }
    }

    void expire() {
      if (claim()) {
        queue.remove(this);
        refuse(request, response, callback);
      }
    }
  }
}
