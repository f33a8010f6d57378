package io.paritree.serving.admission;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Retainable;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Buffers that are made for one use each and never serve a second one.
 *
 * <p>Jetty lets go of a request's buffer twice now and then: after a request that is not HTTP, the
 * thread that read it and the thread that answered it both do, in {@code
 * HttpConnection.onFillable}. With a pool, a buffer that another connection took in between is then
 * taken from it, and two callers read each other's bytes; either thread may even still fill the
 * buffer meanwhile. So there is no pool. Buffers on the heap and of the size of a usual request
 * cost less than a pool does, as long as they are small. Thread-safe.
 */
public final class FreshBuffers implements ByteBufferPool {
  private final LongAdder releasedTwice = new LongAdder();

  /** Returns how often a buffer was let go of that nobody held any more. */
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

  /** Counts who holds a buffer; letting go once too often does nothing. */
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
