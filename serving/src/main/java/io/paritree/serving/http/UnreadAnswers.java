package io.paritree.serving.http;

import io.paritree.serving.config.ServingConfig;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;

/**
 * The answers that wait for their callers to read them; closes the connections of callers that read
 * too slowly.
 *
 * <p>Checks once a second for answers that are read more slowly than the minimum rate. The part of
 * an answer that is in the system's buffers counts as read, so a caller that keeps the rate is
 * never closed as too slow. When the answers are too large together, the connections whose answers
 * have made no progress for the longest time are closed until the others have room.
 *
 * <p>Jetty's {@code MinimumDataRateHandler} is not used: in 12.1.12 it divides the bytes written by
 * the whole handler by the time of one response, so under load it closes no connection.
 * Thread-safe; takes no lock.
 */
public final class UnreadAnswers extends EverySecond {
  /**
   * Size of the send buffer in which the system holds what a caller has not read yet. Linux uses
   * twice this size, and up to 4 MiB if no size is set. Bytes in this buffer count as read.
   */
  public static final int SEND_BYTES = 128 << 10;

  // Answers that progress more often than this are not closed to make room for others.
  private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long maxBytes;

  /** Time that each answer may take in addition to the time for its bytes. */
  private final long spareNanos;

  private final double nanosPerByte;
  private final CounterDataPoint closed;
  private final Set<Unread> unread = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * @param server starts and stops this
   * @param closed counts the connections that were closed
   */
  public UnreadAnswers(Server server, ServingConfig config, CounterDataPoint closed) {
    super(server::getScheduler);
    this.maxBytes = config.limits().pendingAnswers();
    this.spareNanos = config.server().requestTimeout().toNanos();
    this.nanosPerByte = 1e9 / config.limits().answerBytesPerSecond();
    this.closed = closed;
    server.addBean(this, true);
  }

  /**
   * One answer. Only the thread that has set {@link #looking} may use the fields that are not
   * final.
   */
  static final class Unread {
    private final EndPoint endPoint;
    private final ByteBuffer content;
    private final int size;
    private final long begun = System.nanoTime();
    private int left;
    private long moved = begun;

    private Unread(EndPoint endPoint, ByteBuffer content) {
      this.endPoint = endPoint;
      this.content = content;
      this.size = content.limit();
      this.left = content.remaining();
    }

    /** Jetty moves the content's position; without a lock, this method may see it slightly late. */
    private void observe(long now) {
      int remaining = content.remaining();
      if (remaining != left) {
        left = remaining;
        moved = now;
      }
    }

    private long stillNanos(long now) {
      return now - moved;
    }
  }

  /** Returns the number of bytes of the unread answers. */
  public long bytes() {
    return bytes.get();
  }

  /**
   * Returns whether there is room for the answers of new requests; if there is none, first tries to
   * make some.
   */
  boolean hasRoom() {
    return !isFull() || makeRoom();
  }

  private boolean isFull() {
    return bytes.get() > maxBytes;
  }

  /**
   * Adds an answer, and makes room for it.
   *
   * @param content on its own array; its position shows how far the answer is sent
   */
  Unread add(EndPoint endPoint, ByteBuffer content) {
    Unread added = new Unread(endPoint, content);
    bytes.addAndGet(content.array().length);
    unread.add(added);
    hasRoom(); // makes room now, not only at the next request
    return added;
  }

  /** Removes an answer that is sent, or that will never be sent; a second call does nothing. */
  void remove(Unread answer) {
    if (unread.remove(answer)) {
      bytes.addAndGet(-answer.content.array().length);
    }
  }

  /**
   * Closes the connections whose answers have made no progress for the longest time, while the
   * answers are too large together.
   *
   * @return whether there is room now, or another thread is making room
   */
  private boolean makeRoom() {
    if (!looking.compareAndSet(false, true)) {
      return true;
    }

    try {
      long now = System.nanoTime();
      List<Unread> still = new ArrayList<>();
      for (Unread answer : unread) {
        answer.observe(now);
        if (answer.stillNanos(now) >= STILL_NANOS) {
          still.add(answer);
        }
      }

      still.sort(Comparator.comparingLong(answer -> -answer.stillNanos(now)));
      for (int longest = 0; longest < still.size() && isFull(); longest++) {
        close(still.get(longest));
      }

      return !isFull();
    } finally {
      looking.set(false);
    }
  }

  @Override
  protected void look() {
    if (looking.compareAndSet(false, true)) {
      try {
        long now = System.nanoTime();
        for (Unread answer : unread) {
          answer.observe(now);
          double due = spareNanos + (answer.size - answer.left) * nanosPerByte;
          if (now - answer.begun > due) {
            close(answer);
          }
        }
      } finally {
        looking.set(false);
      }
    }
  }

  private void close(Unread answer) {
    if (answer.endPoint.isOpen()) {
      closed.inc();
      reset(answer.endPoint);
    }

    remove(answer);
  }

  /** Closes a connection and drops its unsent bytes, which the system would otherwise keep. */
  private static void reset(EndPoint answering) {
    // TLS would wait until the caller has read that the connection ends.
    EndPoint endPoint = answering instanceof EndPoint.Wrapper tls ? tls.unwrap() : answering;
    if (endPoint.getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // It is closed already.
      }
    }

    endPoint.close();
  }
}
