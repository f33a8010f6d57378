package io.paritree.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Sends requests over several connections from its own thread; each connection waits for its
 * answer. Sends as fast as the server answers, or at a rate.
 *
 * <p>Begins when it is constructed. A connection that the server closes is opened again. The time
 * of a request that could not be sent when it was due counts from when it was due, so that a stall
 * of the server shows in the times.
 */
final class Load implements AutoCloseable {
  private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int BUFFER_BYTES = 64 << 10;

  private final InetSocketAddress address;
  private final LongFunction<byte[]> requests;
  private final long intervalNanos;
  private final Judge judge;
  private final Selector selector = Selector.open();
  private final List<Caller> callers = new ArrayList<>();
  private final LoadTotals totals = new LoadTotals();
  private final Thread thread = new Thread(this::run, "load");
  private volatile boolean going = true;
  private volatile RuntimeException failure;
  private long numbers;

  /**
   * @param requests makes a whole request from its number; numbers count up from 0
   * @param rate requests per second of all connections together; 0 for as fast as the server
   *     answers
   */
  Load(int port, int connections, double rate, LongFunction<byte[]> requests, Judge judge)
      throws IOException {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.requests = requests;
    this.judge = judge;
    this.intervalNanos = rate == 0 ? 0 : (long) (1e9 * connections / rate);
    long now = System.nanoTime();
    for (int caller = 0; caller < connections; caller++) {
      callers.add(new Caller(now + intervalNanos * caller / connections));
    }

    thread.start();
  }

  /** Checks answers. */
  interface Judge {
    /** Returns what is wrong with it, or an empty text. */
    String wrong(long number, LoadAnswer answer);

    /** Is given how long each answer with 200 took, in nanoseconds. */
    default void took(long number, long nanos) {}
  }

  /** Returns POSTs of JSON that carry their number as their id; cheap to make. */
  static LongFunction<byte[]> posts(String path, String json) {
    return posts(path, "", json);
  }

  /**
   * @param headers more of them, each with the end of its line
   */
  static LongFunction<byte[]> posts(String path, String headers, String json) {
    String end = "\r\nContent-Length: %s\r\n\r\n%s".formatted(json.length(), json);
    byte[] before =
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\nX-Request-Id: "
            .formatted(path, headers)
            .getBytes(StandardCharsets.US_ASCII);
    byte[] after = end.getBytes(StandardCharsets.US_ASCII);
    return number -> {
      byte[] id = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(before.length + id.length + after.length)
          .put(before)
          .put(id)
          .put(after)
          .array();
    };
  }

  /** Lets it run for a while, then finishes. */
  LoadTotals finishAfter(long seconds) throws IOException {
    Trial.pause(seconds * 1_000);
    return finish();
  }

  /** Waits for the answers that are due, ends, and returns the totals. */
  LoadTotals finish() throws IOException {
    close();
    return totals;
  }

  /** Returns how many requests were answered with 200 so far. */
  long answered() {
    return totals.ok();
  }

  @Override
  public void close() throws IOException {
    going = false;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    selector.close();
    if (failure != null) {
      throw failure;
    }
  }

  private void run() {
    long begin = System.nanoTime();
    try {
      while (going || callers.stream().anyMatch(Caller::waits)) {
        turn();
      }
    } catch (IOException e) {
      failure = new IllegalStateException(e);
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      totals.lasted(System.nanoTime() - begin);
      callers.forEach(Caller::drop);
    }
  }

  private void turn() throws IOException {
    long now = System.nanoTime();
    for (Caller caller : callers) {
      caller.act(now);
    }

    selector.select(
        key -> {
          Caller caller = (Caller) key.attachment();
          caller.move(key);
        },
        1);
  }

  private final class Caller {
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    private SocketChannel channel;
    private SelectionKey key;
    private ByteBuffer out;
    private long due;
    private long begun;
    private long sent;
    private long number;

    Caller(long due) {
      this.due = due;
    }

    boolean waits() {
      return out != null;
    }

    void act(long now) throws IOException {
      if (waits()) {
        if (now - begun > HANG_NANOS) {
          totals.hung();
          drop();
        }

        return;
      }

      if (!going || now < due) {
        return;
      }

      if (channel == null) {
        try {
          channel = SocketChannel.open(address);
        } catch (IOException e) {
          totals.notConnected();
          due = now + RETRY_NANOS;
          return;
        }

        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
      }

      begin(now);
    }

    private void begin(long now) {
      number = numbers++;
      out = ByteBuffer.wrap(requests.apply(number));
      // A delay of up to 2 ms is caused by this thread, not by the server.
      begun = now - due > TimeUnit.MILLISECONDS.toNanos(2) && intervalNanos > 0 ? due : now;
      due = Math.max(due + intervalNanos, begun);
      in.clear();
      sent = System.nanoTime();
      send();
    }

    private void send() {
      try {
        channel.write(out);
        key.interestOps(
            out.hasRemaining()
                ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                : SelectionKey.OP_READ);
      } catch (IOException e) {
        lost();
      }
    }

    void move(SelectionKey ready) {
      if (channel == null) {
        return;
      }

      if (ready.isWritable() && waits()) {
        send();
      }

      if (channel != null && ready.isReadable()) {
        receive();
      }
    }

    private void receive() {
      try {
        if (channel.read(in) < 0) {
          lost();
          return;
        }
      } catch (IOException e) {
        lost();
        return;
      }

      LoadAnswer answer = LoadAnswer.first(in.array(), in.position());
      if (answer != null) {
        answered(answer);
      }
    }

    private void answered(LoadAnswer answer) {
      long now = System.nanoTime();
      String wrong =
          !waits() || in.position() > answer.end()
              ? "An answer without a request"
              : judge.wrong(number, answer);
      totals.answered(answer.status(), now - begun, wrong);
      if (answer.status() == 200) {
        judge.took(number, now - begun);
      }

      out = null;
      if (answer.closes()) {
        drop();
      } else if (going && intervalNanos == 0) {
        begin(now);
      }
    }

    private void lost() {
      if (waits()) {
        totals.lost(number, sent, in.position() > 0);
      }

      drop();
    }

    void drop() {
      out = null;
      if (channel != null) {
        try {
          channel.close();
        } catch (IOException e) {
          totals.notConnected();
        }

        channel = null;
      }
    }
  }
}
