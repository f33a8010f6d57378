package io.paritree.serving.http;

import io.paritree.serving.metrics.Arrival;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Loads a request's body, within limits, before the request takes a thread or a permit.
 *
 * <p>Jetty calls it when bytes arrive, so a slow body costs only the memory for what has arrived.
 * The {@link Arrival} receives the loaded body, an array of its exact length. A body in gzip is
 * unpacked as it arrives, and its unpacked bytes count. A body that is too large is answered with
 * 413, one that is too slow with 408, and one that would make all arriving bodies together too
 * large with 503.
 */
public final class BodyLoader implements EagerContentHandler.ContentLoaderFactory {
  private static final int FIRST_BYTES = 16 << 10;

  private final int maxBytes;
  private final long maxPendingBytes;
  private final Duration timeout;
  private final CounterDataPoint refused;
  private final AtomicLong pendingBytes = new AtomicLong();

  /**
   * @param maxBytes maximum number of bytes of one body
   * @param maxPendingBytes maximum number of bytes of all bodies that are being loaded
   * @param timeout longest time that one body may take
   * @param refused counts the requests that are refused because all bodies together are too large
   */
  public BodyLoader(
      int maxBytes, long maxPendingBytes, Duration timeout, CounterDataPoint refused) {
    this.maxBytes = maxBytes;
    this.maxPendingBytes = maxPendingBytes;
    this.timeout = timeout;
    this.refused = refused;
  }

  /** Returns whether bodies with a {@code Content-Encoding} are unpacked. */
  public static boolean unpacks(String contentEncoding) {
    return contentEncoding.equalsIgnoreCase("gzip") || contentEncoding.equalsIgnoreCase("x-gzip");
  }

  /** Returns the number of bytes held for bodies that are being loaded. */
  public long pendingBytes() {
    return pendingBytes.get();
  }

  @Override
  public String getApplicableMimeType() {
    return null; // all
  }

  @Override
  public EagerContentHandler.ContentLoader newContentLoader(
      String contentType,
      String mimeType,
      Handler handler,
      Request request,
      Response response,
      Callback callback) {
    return new Loading(handler, request, response, callback);
  }

  /** One body; its monitor prevents the deadline from ending it in the middle of a read. */
  private final class Loading extends EagerContentHandler.ContentLoader implements Invocable.Task {
    private boolean ended;
    private byte[] bytes;
    private int length;
    private long arrived;
    private Unpacking unpacking; // null unless the body is in gzip
    private Scheduler.Task deadline;

    Loading(Handler handler, Request request, Response response, Callback callback) {
      super(handler, request, response, callback);
    }

    @Override
    protected void load() {
      long announced = getRequest().getLength();
      if (announced > maxBytes) {
        refuse(413);
        return;
      }

      String encoding = getRequest().getHeaders().get(HttpHeader.CONTENT_ENCODING);
      unpacking = encoding != null && unpacks(encoding) ? new Unpacking() : null;
      int first = announced >= 0 ? (int) Math.min(announced, FIRST_BYTES) : 1_024;
      pendingBytes.addAndGet(first);
      bytes = new byte[first];
      read(false);
    }

    @Override
    public void run() {
      read(true);
    }

    @Override
    public InvocationType getInvocationType() {
      // Unpacking takes too long for the thread that serves all connections.
      return unpacking == null ? InvocationType.NON_BLOCKING : InvocationType.BLOCKING;
    }

    private synchronized void read(boolean later) {
      while (!ended) {
        Content.Chunk chunk = getRequest().read();
        if (chunk == null) {
          awaitMore();
          return;
        }

        if (Content.Chunk.isFailure(chunk)) {
          end();
          // The caller is gone, so there is no answer; the failed callback closes the connection.
          getCallback().failed(chunk.getFailure());
          return;
        }

        boolean last = chunk.isLast();
        try {
          int status = unpacking == null ? add(chunk.getByteBuffer()) : unpack(chunk);
          if (status != 200) {
            refuse(status);
          } else if (last) {
            hand(later);
          }
        } catch (ZipException e) {
          Arrival.of(getRequest()).breakGzip();
          refuse(400);
        } finally {
          chunk.release();
        }
      }
    }

    private void awaitMore() {
      if (deadline == null) {
        deadline =
            getRequest()
                .getComponents()
                .getScheduler()
                .schedule(() -> refuse(408), timeout.toMillis(), TimeUnit.MILLISECONDS);
      }

      getRequest().demand(this);
    }

    /** Unpacks a chunk; returns what {@link #add} does, and stops at the first refusal. */
    private int unpack(Content.Chunk chunk) throws ZipException {
      arrived += chunk.remaining();
      int status = arrived > maxBytes ? 413 : 200;
      for (boolean more = chunk.hasRemaining(); more && status == 200; ) {
        RetainableByteBuffer part = unpacking.next(chunk.getByteBuffer());
        if (part != null) {
          status = add(part.getByteBuffer());
          part.release();
        }

        more = part != null || chunk.hasRemaining(); // another member of the gzip may follow
      }

      if (status == 200 && chunk.isLast() && !unpacking.isFinished()) {
        throw new ZipException("cut short");
      }

      return status;
    }

    /** Returns 200, or the status with which the body is refused. */
    private int add(ByteBuffer chunk) {
      int added = chunk.remaining();
      if (added > maxBytes - length) {
        return 413;
      }

      if (added > bytes.length - length) {
        int larger = (int) Math.min(maxBytes, Math.max(2L * bytes.length, (long) length + added));
        if (pendingBytes.addAndGet(larger - bytes.length) > maxPendingBytes) {
          pendingBytes.addAndGet(bytes.length - larger);
          return 503;
        }

        bytes = Arrays.copyOf(bytes, larger);
      }

      chunk.get(bytes, length, added);
      length += added;
      return 200;
    }

    private void hand(boolean later) {
      byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
      end();
      Arrival.of(getRequest()).load(body);
      if (later) {
        getRequest().getContext().execute(this::handle);
      } else {
        handle();
      }
    }

    private synchronized void refuse(int status) {
      if (!ended) {
        end();
        if (status == 503) {
          refused.inc();
        }

        // The rest of the body is not read, so the connection cannot be used again.
        getResponse()
            .getHeaders()
            .put(new HttpField(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString()));
        Response.writeError(getRequest(), getResponse(), getCallback(), status);
      }
    }

    private void end() {
      ended = true;
      if (bytes != null) {
        pendingBytes.addAndGet(-bytes.length);
        bytes = null;
      }

      if (deadline != null) {
        deadline.cancel();
      }

      if (unpacking != null) {
        unpacking.destroy(); // frees the memory of zlib
      }
    }
  }
}
