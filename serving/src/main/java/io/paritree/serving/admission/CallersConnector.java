package io.paritree.serving.admission;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A connector that can stop listening and keep its open connections.
 *
 * <p>Works around a fault of Jetty 12.1.12. Its {@code shutdown()} stops listening too, but after
 * that, two threads may each close a connection, which cuts off the last answer: {@code
 * scripts/faults http stop} shows about one lost answer per stop. This class can be deleted when
 * {@code scripts/faults http stop} loses no answer with Jetty's {@code shutdown()}. Thread-safe.
 */
public final class CallersConnector extends ServerConnector {
  private volatile boolean listening = true;

  public CallersConnector(Server server, ByteBufferPool buffers, HttpConnectionFactory factory) {
    super(server, null, null, buffers, -1, -1, factory);
  }

  /** Closes the port; open connections stay open. */
  public void endListening() {
    listening = false;
    close();
  }

  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    return listening && super.handleAcceptFailure(failure); // false ends the acceptor thread
  }
}
