package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Is between callers and an HTTP server on loopback and lets each request wait, as a network does.
 */
public final class SlowRelay implements AutoCloseable {
  private static final Pattern REQUEST = Pattern.compile("(GET|HEAD|PUT|POST|DELETE) .*");

  private final ServerSocket listening;
  private final URI server;
  private volatile Duration delay = Duration.ZERO;
  private final AtomicLong requests = new AtomicLong();

  private SlowRelay(ServerSocket listening, URI server) {
    this.listening = listening;
    this.server = server;
  }

  /**
   * Starts a relay that delays nothing.
   *
   * @param server the address of the server, with a port
   */
  public static SlowRelay before(URI server) throws IOException {
    ServerSocket listening = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    SlowRelay relay = new SlowRelay(listening, server);
    start(relay::accept);
    return relay;
  }

  /** Sets how long each request waits. */
  public void delay(Duration each) {
    delay = each;
  }

  /** Returns where it listens. */
  public String endpoint() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** Returns how many requests have come. */
  public long requests() {
    return requests.get();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One of the two has closed its connection.
              }
            },
            "slow-relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket caller = listening.accept();
      Socket called = new Socket(server.getHost(), server.getPort());
      for (Socket socket : new Socket[] {caller, called}) {
        socket.setTcpNoDelay(true);
      }

      start(() -> relay(caller, called, true));
      start(() -> relay(called, caller, false));
    }
  }

  private void relay(Socket from, Socket to, boolean areRequests) throws IOException {
    byte[] bytes = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        if (areRequests && isRequest(bytes, length)) {
          requests.incrementAndGet();
          LockSupport.parkNanos(delay.toNanos());
        }

        out.write(bytes, 0, length);
      }
    }
  }

  private static boolean isRequest(byte[] bytes, int length) {
    String begin = new String(bytes, 0, Math.min(8, length), StandardCharsets.ISO_8859_1);
    return REQUEST.matcher(begin).matches();
  }
}
