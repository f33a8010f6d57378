package io.paritree.serving.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Retainable;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Network buffers without a pool: each is allocated for one use and never used again.
 *
 * <p>Works around a fault of Jetty 12.1.12 (the code is the same in 12.1.14; a related upstream
 * report is jetty.project issue 12939): {@code HttpConnection.onFillable} can release a request's
 * buffer twice. This was seen after a request that is not HTTP: the thread that read it and the
 * thread that answered it both release the buffer. A pool then lends the buffer to two connections,
 * and callers read each other's bytes; one of the two threads may even still be filling the buffer.
 *
 * <p>Heap buffers of the size of a usual request cost less than a pool, as long as they are small.
 *
 * <p>This class can be deleted when {@code paritree_buffers_released_twice_total} stays 0 during
 * {@code scripts/faults http hostile}, and the trial also passes with Jetty's own pool.
 * Thread-safe.
 */
public final class FreshBuffers implements ByteBufferPool {
  private final LongAdder releasedTwice = new LongAdder();

  /** Returns how often a buffer was released that had no holder left. */
  public long releasedTwice() {
    return releasedTwice.sum();
  }

  @Override
  public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
    return new RetainableByteBuffer.FixedCapacity(BufferUtil.allocate(size), new Holders());
  }

  @Override
  public void clear() {
    // Nothing is kept.
  }

  /** Counts the holders of a buffer; one release too many is counted and has no other effect. */
  private final class Holders implements Retainable {
    private final AtomicInteger count = new AtomicInteger(1);

    @Override
    public boolean canRetain() {
      return true;
    }

    @Override
    public boolean isRetained() {
      return count.get() > 1;
    }

    @Override
    public void retain() {
      count.incrementAndGet();
    }

    @Override
    public boolean release() {
      int left = count.decrementAndGet();
      if (left < 0) {
        releasedTwice.increment();
        count.incrementAndGet();
      }

      return left == 0;
    }

    @Override
    public int getRetained() {
      return count.get();
    }
  }
}
