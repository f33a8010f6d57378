package io.paritree.serving.admission;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A connector that can end listening and go on with the connections that there are.
 *
 * <p>Jetty's {@code shutdown()} ends listening too, but from then on two threads may each close a
 * connection, the second one in the middle of the last answer: {@code scripts/faults http stop}
 * shows about one lost answer per stop. Thread-safe.
 */
public final class CallersConnector extends ServerConnector {
  private volatile boolean listening = true;

  public CallersConnector(Server server, ByteBufferPool buffers, HttpConnectionFactory factory) {
    super(server, null, null, buffers, -1, -1, factory);
  }

  /** Closes the port. */
  public void endListening() {
    listening = false;
    close();
  }

  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    return listening && super.handleAcceptFailure(failure); // false ends the thread that accepts
  }
}
