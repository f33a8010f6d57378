package io.paritree.serving.admission;

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
 * The answers that wait for their callers to read, and what ends the connections of those who do
 * not.
 *
 * <p>Looks once a second for answers that are read more slowly than the least rate. What the
 * system's buffers take of an answer counts as read, so a caller that keeps the rate is never
 * closed for it. When the answers are too large together, the connections of those that have stood
 * still longest are closed until the others have room. Thread-safe; takes no lock.
 */
public final class UnreadAnswers extends EverySecond {
  /**
   * Bytes that the system holds of what a connection has not read. Linux takes twice as many, and
   * up to 4 MiB if it is not told; they count as read.
   */
  public static final int SEND_BYTES = 128 << 10;

  // A caller that reads is not closed for the room of others: it moves more often than this.
  private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long maxBytes;

  /** Time that each answer may take in addition to that of its bytes. */
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

  /** One answer. Whoever has set {@link #looking} may use what is not final. */
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

    /** Jetty moves the content's position; without a lock, this may see it a moment late. */
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
   * Returns whether there is room for the answers of new requests, after making some if need be.
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
   * @param content on an array of its own; its position tells how far the answer is sent
   */
  Unread add(EndPoint endPoint, ByteBuffer content) {
    Unread added = new Unread(endPoint, content);
    bytes.addAndGet(content.array().length);
    unread.add(added);
    hasRoom(); // at once, not only when the next request comes
    return added;
  }

  /** Removes an answer that is sent, or never will be; does nothing the second time. */
  void remove(Unread answer) {
    if (unread.remove(answer)) {
      bytes.addAndGet(-answer.content.array().length);
    }
  }

  /**
   * Closes what has stood still longest while the answers are too large together.
   *
   * @return whether there is room now, or another thread is just making some
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
  void look() {
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

  /** Closes a connection without its last bytes, which the system would go on holding. */
  private static void reset(EndPoint endPoint) {
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
