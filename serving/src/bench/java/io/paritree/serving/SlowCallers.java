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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Connections of three kinds in turn, run by one thread: headers of one byte per 5 s, a body of one
 * byte per 5 s, and silence. In addition, a few that request large answers and never read them.
 *
 * <p>They must run in a separate process: in the process of the {@link Load}, the first hundred
 * connections that are closed make the JVM discard the code that it has compiled for both, and the
 * load stalls.
 */
final class SlowCallers implements AutoCloseable {
  private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final byte[] HEAD =
      "POST /v1/models/parcel-late/score HTTP/1.1\r\nHost: localhost\r\nX-Slow: yes\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BODY =
      "POST /v1/models/parcel-late/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  // Each record has an unknown field, so its part of the answer is longer than the record.
  private static final byte[] LARGE = large("[" + "{\"unknown\":1},".repeat(9_999) + "{}]");
  private static final int LARGE_REQUESTS = 4;
  private static final int RECEIVE_BYTES = 4_096;
  // The server processes their requests; all at the same time they would be an overload.
  private static final long LARGE_SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

  private final Selector selector = Selector.open();
  private final List<Caller> callers = new ArrayList<>();
  private final CountDownLatch drippersOpen;
  private final CountDownLatch deafOpen;
  private final Thread thread = new Thread(this::run, "slow callers");
  private volatile boolean going = true;
  private volatile long slowestNanos;

  private SlowCallers(int port, int connections, int deaf) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int caller = 0; caller < connections; caller++) {
      SocketChannel channel = SocketChannel.open(address);
      channel.configureBlocking(false);
      Kind kind = Kind.values()[caller % Kind.DEAF.ordinal()];
      // Not all at the same instant.
      Caller slow = new Caller(channel, kind, STEP_NANOS * caller / connections);
      channel.register(selector, SelectionKey.OP_READ, slow);
      callers.add(slow);
    }

    for (int caller = 0; caller < deaf; caller++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
      channel.connect(address);
      channel.configureBlocking(false);
      callers.add(new Caller(channel, Kind.DEAF, LARGE_SPREAD_NANOS * caller / deaf));
    }

    drippersOpen = new CountDownLatch((int) drippers());
    deafOpen = new CountDownLatch(deaf);
    thread.start();
  }

  private static byte[] large(String json) {
    String head =
        "POST /v1/models/parcel-late/score-batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
    return (head + json.length() + "\r\n\r\n" + json).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Opens connections and prints "open"; after a line of input, prints what happened to them.
   *
   * @param arguments port, number of connections, number of additional ones that never read, and
   *     seconds to wait until the last one is closed
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    try (SlowCallers slow =
        new SlowCallers(port, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]))) {
      System.out.println("open");
      if (System.in.read() >= 0) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[3]));
        slow.drippersOpen.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        slow.deafOpen.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        long drippers = slow.drippers();
        long closed = drippers - slow.drippersOpen.getCount();
        long slowestMillis = TimeUnit.NANOSECONDS.toMillis(slow.slowestNanos);
        System.out.println(
            drippers + " " + closed + " " + slow.deafOpen.getCount() + " " + slowestMillis);
      }
    }
  }

  private enum Kind {
    HEAD,
    BODY,
    IDLE,
    DEAF // must be last: the kinds before it are used in turn
  }

  private static final class Caller {
    private final SocketChannel channel;
    private final Kind kind;
    private final long begun;
    private long due;
    private int sent;
    private ByteBuffer request = ByteBuffer.wrap(LARGE);

    Caller(SocketChannel channel, Kind kind, long laterNanos) {
      this.channel = channel;
      this.kind = kind;
      this.begun = System.nanoTime() + laterNanos;
      this.due = begun;
    }

    boolean drips() {
      return kind == Kind.HEAD || kind == Kind.BODY;
    }

    /** Sends the bytes that are due at this time. */
    void send(long now) throws IOException {
      if (now < due) {
        return;
      }

      if (kind == Kind.DEAF) {
        // Only a write shows that the server has reset the connection.
        if (!request.hasRemaining()) {
          request = sent++ < LARGE_REQUESTS ? ByteBuffer.wrap(LARGE) : ByteBuffer.allocate(1);
        }

        channel.write(request);
      } else if (drips()) {
        due += STEP_NANOS;
        channel.write(next());
      }
    }

    private ByteBuffer next() {
      if (kind == Kind.HEAD) {
        return ByteBuffer.wrap(HEAD, sent++ % HEAD.length, 1);
      }

      return sent++ == 0 ? ByteBuffer.wrap(BODY) : ByteBuffer.wrap(new byte[] {' '});
    }
  }

  private long drippers() {
    return callers.stream().filter(Caller::drips).count();
  }

  private void run() {
    while (going) {
      long now = System.nanoTime();
      for (Caller caller : callers) {
        if (caller.channel.isOpen()) {
          try {
            caller.send(now);
          } catch (IOException e) {
            closed(caller);
          }
        }
      }

      try {
        selector.select(key -> read((Caller) key.attachment()), 100);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void read(Caller caller) {
    try {
      if (caller.channel.read(ByteBuffer.allocate(1_024)) < 0) {
        closed(caller);
      }
    } catch (IOException e) {
      closed(caller);
    }
  }

  private void closed(Caller caller) {
    if (!caller.channel.isOpen()) {
      return;
    }

    if (caller.kind != Kind.IDLE) {
      slowestNanos = Math.max(slowestNanos, System.nanoTime() - caller.begun);
      (caller.kind == Kind.DEAF ? deafOpen : drippersOpen).countDown();
    }

    try {
      caller.channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    going = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    for (Caller caller : callers) {
      caller.channel.close();
    }

    selector.close();
  }
}
