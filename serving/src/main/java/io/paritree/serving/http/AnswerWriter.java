package io.paritree.serving.http;

import io.paritree.serving.http.UnreadAnswers.Unread;
import io.paritree.serving.metrics.Arrival;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends answers without holding a thread or a permit for a caller that reads slowly.
 *
 * <p>The output of the handlers is collected, packed with gzip if it is long and the caller accepts
 * that, and sent in one piece when they are done; Jetty then continues to send it without a thread.
 * An answer that is not sent immediately belongs to the {@link UnreadAnswers} until it is sent.
 * While those are too large together and no connection can be closed to make room, new requests,
 * except probes, are answered with 503. Thread-safe.
 */
public final class AnswerWriter extends Handler.Wrapper {
  private static final byte[] NOTHING = {};

  /** A shorter answer fits into a packet or two as it is. */
  private static final int LEAST_PACKED = 2 << 10;

  private final UnreadAnswers unread;
  private final CounterDataPoint refused;

  /**
   * @param unread the answers that wait to be sent
   * @param refused counts the requests that are refused
   */
  public AnswerWriter(UnreadAnswers unread, CounterDataPoint refused) {
    this.unread = unread;
    this.refused = refused;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!unread.hasRoom() && !Probes.PATHS.contains(Request.getPathInContext(request))) {
      refused.inc();
      Response.writeError(request, response, callback, 503);
      return true;
    }

    Answer answer = new Answer(request, response, callback);
    return super.handle(request, answer, answer);
  }

  /** Returns whether a caller wants gzip: it names it, and not with weight 0. */
  static boolean acceptsGzip(Request request) {
    HttpFields headers = request.getHeaders();
    return headers.contains(HttpHeader.ACCEPT_ENCODING)
        && headers.getQualityCSV(HttpHeader.ACCEPT_ENCODING).stream()
            .anyMatch(coding -> coding.equalsIgnoreCase("gzip"));
  }

  /** Much faster than the default, and little larger. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 8 << 10);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /** One answer; done when the handlers are done and their output is sent. */
  private final class Answer extends Response.Wrapper implements Callback {
    private final Callback callback;
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private byte[] bytes = NOTHING;
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
        open.incrementAndGet();
        if (length >= LEAST_PACKED && acceptsGzip(getRequest())) {
          pack();
        }

        Sending sending = new Sending(ByteBuffer.wrap(bytes, 0, length));
        bytes = NOTHING;
        length = 0;
        super.write(true, sending.content, sending);
        sending.returned();
      }

      written.succeeded();
    }

    /** Replaces the answer by its gzip. */
    private void pack() {
      ByteArrayOutputStream packed = new ByteArrayOutputStream(length / 4);
      try (OutputStream gzip = new FastGzip(packed)) {
        gzip.write(bytes, 0, length);
      } catch (IOException e) {
        throw new IllegalStateException("Cannot happen: it is written to memory", e);
      }

      bytes = packed.toByteArray();
      length = bytes.length;
      getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
      getHeaders().add(HttpHeader.VARY, HttpHeader.ACCEPT_ENCODING.asString());
      if (getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
        getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
      }
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
      if (open.get() > 1) {
        Arrival.of(getRequest()).dropBody(); // not needed while the answer waits
      }

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

    /**
     * The sending of the answer; the answer is unread if this has not ended when {@code write}
     * returns.
     */
    private final class Sending implements Callback {
      private final ByteBuffer content;
      private volatile boolean ended;
      private volatile Unread waiting;

      Sending(ByteBuffer content) {
        this.content = content;
      }

      /**
       * Adds the answer to the unread ones unless its sending has ended. Either this method sees
       * {@code ended}, or {@code end} sees {@code waiting}.
       */
      void returned() {
        if (!ended) {
          Unread added = unread.add(endPoint(), content);
          waiting = added;
          if (ended) {
            unread.remove(added);
          }
        }
      }

      private EndPoint endPoint() {
        return getRequest().getConnectionMetaData().getConnection().getEndPoint();
      }

      @Override
      public void succeeded() {
        end(null);
      }

      @Override
      public void failed(Throwable broken) {
        end(broken);
      }

      private void end(Throwable broken) {
        ended = true;
        Unread added = waiting;
        if (added != null) {
          unread.remove(added);
        }

        done(broken);
      }
    }
  }
}
