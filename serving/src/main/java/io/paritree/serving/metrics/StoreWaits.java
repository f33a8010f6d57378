package io.paritree.serving.metrics;

import java.util.concurrent.Semaphore;

/**
 * How many requests wait for stores at the same time. A request that waits holds a permit to run
 * (see {@code Admission}), so without this limit a slow store would take those that scoring needs.
 * Thread-safe.
 */
public final class StoreWaits {
  private final Semaphore places;

  /**
   * @param permits how many requests run at the same time; half of them may wait for stores
   */
  public StoreWaits(int permits) {
    this.places = new Semaphore(Math.max(1, permits / 2));
  }

  /** Takes a place, which must be left; returns false if all are taken. */
  public boolean enter() {
    return places.tryAcquire();
  }

  public void leave() {
    places.release();
  }
}
