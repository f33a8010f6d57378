package io.paritree.serving.http;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connector that can stop listening and keep its open connections, and that closes idle
 * connections at the idle timeout.
 *
 * <p>Jetty only shuts down the output then, and waits for the caller to close, or for the timeout
 * to pass once more: silent callers would occupy their connections twice as long.
 *
 * <p>Also works around a fault of Jetty 12.1.12. Its {@code shutdown()} stops listening too, but
 * after that, two threads may each close a connection, which cuts off the last answer: {@code
 * scripts/faults http stop} shows about one lost answer per stop. This class can be deleted when
 * {@code scripts/faults http stop} loses no answer with Jetty's {@code shutdown()}. Thread-safe.
 */
public final class CallersConnector extends ServerConnector {
  private static final Logger LOG = LoggerFactory.getLogger(CallersConnector.class);

  /** How long a thread that accepts waits before it looks whether listening has ended. */
  private static final int WAIT_MILLIS = 20;

  /** How long no connection must have arrived before the port is closed. */
  private static final int QUIET_MILLIS = 3;

  private static final long GATHER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final CounterDataPoint silent;
  private final Set<SelectableChannel> opening = ConcurrentHashMap.newKeySet();

  /** Held while a connection is accepted, until it counts as one that is about to be open. */
  private final ReentrantLock accepting = new ReentrantLock();

  private volatile boolean listening = true;

  /**
   * @param buffers null for Jetty's own
   * @param threads threads that accept, and threads that select; -1 for a number by cores
   * @param silent counts the connections that are closed because no request came in time
   * @param factories the first for new connections, then the protocols that follow on them
   */
  public CallersConnector(
      Server server,
      ByteBufferPool buffers,
      int threads,
      CounterDataPoint silent,
      ConnectionFactory... factories) {
    super(server, null, null, buffers, threads, threads, factories);
    this.silent = silent;
    addBean(new Failed());
  }

  /**
   * Forgets connections that were never opened, such as connections of {@link Callers} with too
   * many.
   */
  private final class Failed implements SelectorManager.AcceptListener {
    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
      opening.remove(channel);
    }
  }

  /**
   * Closes the port; open connections stay open.
   *
   * <p>The system resets connections that it has opened and that were not accepted when the port is
   * closed. So they are accepted first, until none has arrived for {@link #QUIET_MILLIS}, and the
   * port is closed at once. Their requests are read after that: a caller that has no answer opens
   * no other connection meanwhile. Only a connection that is opened in the microseconds between can
   * still be reset, or one that arrives after {@link #GATHER_NANOS} of unceasing arrivals. Those
   * that wait because too many are open are answered too.
   */
  public void endListening() {
    listening = false;
    List<SocketChannel> last = new ArrayList<>();
    accepting.lock();
    try {
      ServerSocketChannel port = (ServerSocketChannel) getTransport();
      rehearseClosing();
      long begin = System.nanoTime();
      SocketChannel next = next(port, QUIET_MILLIS);
      while (next != null) {
        last.add(next);
        boolean more =
            last.size() < getAcceptQueueSize() && System.nanoTime() - begin < GATHER_NANOS;
        next = more ? next(port, QUIET_MILLIS) : null;
      }

      closeWhenEmpty(port, last);
    } catch (IOException e) {
      LOG.warn("Cannot accept the last connections: {}", e.getMessage());
    } finally {
      accepting.unlock();
    }

    close();
    NetworkConnectionLimit limit = getBean(NetworkConnectionLimit.class);
    if (limit != null) { // it would reset them
      limit.setMaxNetworkConnectionCount(Integer.MAX_VALUE);
    }

    last.forEach(this::begin);
  }

  /** Nothing is done between the look for a last connection and the end of the port. */
  private static void closeWhenEmpty(ServerSocketChannel port, List<SocketChannel> last)
      throws IOException {
    port.configureBlocking(false);
    for (SocketChannel next = port.accept(); next != null; next = port.accept()) {
      last.add(next);
    }

    port.close();
  }

  /** Closes another port first: the JVM needs ten times as long for the first one. */
  private static void rehearseClosing() throws IOException {
    try (ServerSocketChannel port = ServerSocketChannel.open()) {
      port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      closeWhenEmpty(port, new ArrayList<>());
    }
  }

  /**
   * Accepts a connection if one arrives soon; does not hold the port for longer. One thread at a
   * time: another one would accept a connection after that with which there are too many, and
   * {@link NetworkConnectionLimit} would reset it.
   */
  @Override
  public void accept(int acceptor) throws IOException {
    accepting.lock();
    try {
      if (!listening) {
        throw new ClosedChannelException(); // ends this thread
      }

      SocketChannel connection =
          isAccepting() ? next((ServerSocketChannel) getTransport(), WAIT_MILLIS) : null;
      if (connection != null) {
        begin(connection);
      }
    } finally {
      accepting.unlock();
    }
  }

  /** Returns the next connection, or null if none arrives in time. */
  private static SocketChannel next(ServerSocketChannel port, int millis) throws IOException {
    if (port == null) {
      throw new ClosedChannelException();
    }

    try {
      port.socket().setSoTimeout(millis);
      return port.socket().accept().getChannel();
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  /**
   * Returns how many connections are open, or accepted and about to be: Jetty lists one some time
   * after it was accepted.
   */
  public int connections() {
    return opening.size() + getConnectedEndPoints().size();
  }

  /** Reads requests from a connection, with the options that Jetty sets. */
  private void begin(SocketChannel connection) {
    try {
      connection.configureBlocking(false);
    } catch (IOException e) {
      LOG.debug("A caller went away", e);
      IO.close(connection);
      return;
    }

    configure(connection.socket());
    opening.add(connection);
    getSelectorManager().accept(connection);
  }

  @Override
  protected void onEndPointOpened(EndPoint endPoint) {
    super.onEndPointOpened(endPoint);
    opening.remove(((SocketChannelEndPoint) endPoint).getChannel());
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    SocketChannelEndPoint endPoint =
        new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
          @Override
          protected void onIdleExpired(TimeoutException timeout) {
            super.onIdleExpired(timeout);
            // Of a request in progress, Jetty only reports the timeout to its handlers.
            if (isOutputShutdown()) {
              Connection connection = getConnection();
              if (connection != null && connection.getMessagesIn() == 0) {
                silent.inc();
              }

              close();
            }
          }
        };
    endPoint.setIdleTimeout(getIdleTimeout());
    return endPoint;
  }

  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    return listening && super.handleAcceptFailure(failure); // false ends the acceptor thread
  }
}
