package io.paritree.serving.admission;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

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
  private final CounterDataPoint silent;
  private volatile boolean listening = true;

  /**
   * @param buffers null for Jetty's own
   * @param threads threads that accept, and threads that select; -1 for a number by cores
   * @param silent counts the connections that are closed because no request came in time
   * @param factories the first for new connections, and those that follow it on them
   */
  public CallersConnector(
      Server server,
      ByteBufferPool buffers,
      int threads,
      CounterDataPoint silent,
      ConnectionFactory... factories) {
    super(server, null, null, buffers, threads, threads, factories);
    this.silent = silent;
  }

  /** Closes the port; open connections stay open. */
  public void endListening() {
    listening = false;
    close();
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
