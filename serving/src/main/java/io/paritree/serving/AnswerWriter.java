package io.paritree.serving;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Sends answers without holding a thread or a permit for a caller that reads slowly.
 *
 * <p>What the handlers write is gathered and sent in one piece when they are done; Jetty goes on
 * sending it by itself. While the answers that wait to be sent are too large together, new requests
 * are answered 503. Thread-safe.
 */
final class AnswerWriter extends Handler.Wrapper {
  private final long maxPendingBytes;
  private final CounterDataPoint refused;
  private final AtomicLong pendingBytes = new AtomicLong();

  /**
   * @param maxPendingBytes most bytes of all answers that wait to be sent
   * @param refused counts the requests that are refused
   */
  AnswerWriter(long maxPendingBytes, CounterDataPoint refused) {
    this.maxPendingBytes = maxPendingBytes;
    this.refused = refused;
  }

  /** Returns the number of bytes of the answers that wait to be sent. */
  long pendingBytes() {
    return pendingBytes.get();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (pendingBytes.get() > maxPendingBytes) {
      refused.inc();
      Response.writeError(request, response, callback, 503);
      return true;
    }

    Answer answer = new Answer(request, response, callback);
    return super.handle(request, answer, answer);
  }

  /** One answer; done when the handlers are, and what they wrote is sent. */
  private final class Answer extends Response.Wrapper implements Callback {
    private final Callback callback;
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private byte[] bytes = BufferUtil.EMPTY_BUFFER.array();
    private int length;
    private boolean sent;

    Answer(Request request, Response response, Callback callback) {
      super(request, response);
      this.callback = callback;
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback written) {
      gather(content);
      if (last && !sent) {
        sent = true;
        int size = length;
        pendingBytes.addAndGet(size);
        open.incrementAndGet();
        super.write(
            true,
            ByteBuffer.wrap(bytes, 0, size),
            Callback.from(
                () -> {
                  pendingBytes.addAndGet(-size);
                  done(null);
                },
                broken -> {
                  pendingBytes.addAndGet(-size);
                  done(broken);
                }));
      }

      written.succeeded();
    }

    private void gather(ByteBuffer content) {
      int added = content == null ? 0 : content.remaining();
      if (added > 0) {
        if (bytes.length - length < added) {
          bytes = Arrays.copyOf(bytes, Math.max(length + added, length == 0 ? 0 : 2 * length));
        }

        content.get(bytes, length, added);
        length += added;
      }
    }

    @Override
    public void reset() {
      length = 0;
      super.reset();
    }

    @Override
    public boolean hasLastWrite() {
      return sent;
    }

    @Override
    public boolean isCommitted() {
      return sent || super.isCommitted();
    }

    @Override
    public void succeeded() {
      done(null);
    }

    @Override
    public void failed(Throwable broken) {
      done(broken);
    }

    @Override
    public InvocationType getInvocationType() {
      return callback.getInvocationType();
    }

    private void done(Throwable broken) {
      if (broken != null) {
        failure.compareAndSet(null, broken);
      }

      if (open.decrementAndGet() == 0) {
        if (failure.get() == null) {
          callback.succeeded();
        } else {
          callback.failed(failure.get());
        }
      }
    }
  }
}
