package io.paritree.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
 * Connections of three kinds in turn, by one thread: headers of one byte per 5 s, a body of one
 * byte per 5 s, and silence.
 *
 * <p>They belong into a process of their own: in that of the {@link Load}, the first hundred that
 * are closed make the JVM throw away what it has compiled for both, and the load stands still.
 */
final class SlowCallers implements AutoCloseable {
  private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final byte[] HEAD =
      "POST /v1/models/parcel-late/score HTTP/1.1\r\nHost: slow\r\nX-Slow: yes\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BODY =
      "POST /v1/models/parcel-late/score HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final Selector selector = Selector.open();
  private final List<Caller> callers = new ArrayList<>();
  private final CountDownLatch drippersOpen;
  private final Thread thread = new Thread(this::run, "slow callers");
  private volatile boolean going = true;
  private volatile long slowestNanos;

  private SlowCallers(int port, int connections) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int caller = 0; caller < connections; caller++) {
      SocketChannel channel = SocketChannel.open(address);
      channel.configureBlocking(false);
      Kind kind = Kind.values()[caller % Kind.values().length];
      // Not all at the same instant.
      Caller slow = new Caller(channel, kind, STEP_NANOS * caller / connections);
      channel.register(selector, SelectionKey.OP_READ, slow);
      callers.add(slow);
    }

    drippersOpen = new CountDownLatch((int) drippers());
    thread.start();
  }

  /**
   * Opens connections, says "open", and after a line of input what became of them.
   *
   * @param arguments port, connections, and how many seconds to wait for the last to be closed
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    try (SlowCallers slow = new SlowCallers(port, Integer.parseInt(arguments[1]))) {
      System.out.println("open");
      if (System.in.read() >= 0) {
        slow.drippersOpen.await(Long.parseLong(arguments[2]), TimeUnit.SECONDS);
        long drippers = slow.drippers();
        long closed = drippers - slow.drippersOpen.getCount();
        long slowestMillis = TimeUnit.NANOSECONDS.toMillis(slow.slowestNanos);
        System.out.println(drippers + " " + closed + " " + slowestMillis);
      }
    }
  }

  private enum Kind {
    HEAD,
    BODY,
    IDLE
  }

  private static final class Caller {
    private final SocketChannel channel;
    private final Kind kind;
    private final long begun;
    private long due;
    private int sent;

    Caller(SocketChannel channel, Kind kind, long laterNanos) {
      this.channel = channel;
      this.kind = kind;
      this.begun = System.nanoTime() + laterNanos;
      this.due = begun;
    }

    ByteBuffer next() {
      if (kind == Kind.HEAD) {
        return ByteBuffer.wrap(HEAD, sent++ % HEAD.length, 1);
      }

      return sent++ == 0 ? ByteBuffer.wrap(BODY) : ByteBuffer.wrap(new byte[] {' '});
    }
  }

  private long drippers() {
    return callers.stream().filter(caller -> caller.kind != Kind.IDLE).count();
  }

  private void run() {
    while (going) {
      long now = System.nanoTime();
      for (Caller caller : callers) {
        if (caller.kind != Kind.IDLE && caller.channel.isOpen() && now >= caller.due) {
          caller.due += STEP_NANOS;
          try {
            caller.channel.write(caller.next());
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
      drippersOpen.countDown();
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
