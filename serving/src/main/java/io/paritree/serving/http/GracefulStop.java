package io.paritree.serving.http;

import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.Readiness;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stop of a server that loses no request.
 *
 * <p>The server is no longer ready, and each answer is the last one of its connection; after the
 * drain delay it stops listening; it has stopped when every accepted request is answered or the
 * stop timeout is over.
 */
record GracefulStop(
    Server server,
    CallersConnector connector,
    Gate gate,
    ServingConfig.Server config,
    Readiness readiness) {
  private static final Logger LOG = LoggerFactory.getLogger(GracefulStop.class);
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long DRAIN_LOOK_MILLIS = 5;

  void close() {
    boolean known = readiness.isReady(); // no balancer knows of a server that was never ready
    readiness.end();
    gate.closeConnections(); // first, so that no caller of a closed port gets another answer
    try {
      // The balancer must notice before the port closes, so this waits for a fixed time.
      TimeUnit.MILLISECONDS.sleep(known ? config.drainDelay().toMillis() : 0);
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    now();
  }

  /**
   * Accepts no new connections, and answers the requests that still arrive on the open ones.
   * Returns when no connection is left or the stop timeout is over. After {@link #IDLE_NANOS},
   * connections without a request are closed.
   *
   * <p>Jetty's own stop cuts off some requests in flight, so no connection should be left when it
   * begins.
   */
  private void drain() throws InterruptedException {
    long limit = config.stopTimeout().toNanos();
    long begin = System.nanoTime();
    connector.endListening();
    long closed = System.nanoTime(); // to accept the last connections may have taken longer
    while (connector.connections() > 0 && System.nanoTime() - begin < limit) {
      if (System.nanoTime() - closed > IDLE_NANOS) {
        closeIdle();
      }

      TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
    }

    long left = limit - (System.nanoTime() - begin);
    server.setStopTimeout(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
  }

  private void closeIdle() {
    for (EndPoint open : connector.getConnectedEndPoints()) {
      if (isIdle(open)) {
        open.close();
      }
    }
  }

  /**
   * Returns whether a connection waits for a request. While Jetty still sends an answer, it already
   * counts it as sent.
   */
  private static boolean isIdle(EndPoint open) {
    Connection connection = open.getConnection();
    if (connection == null || !(open instanceof AbstractEndPoint endPoint)) {
      return false;
    }

    Connection http = SlowClients.http(connection);
    return http.getMessagesIn() == http.getMessagesOut()
        && endPoint.getFillInterest().isInterested();
  }

  /** Stops at once, within the stop timeout. */
  void now() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn(
          "Cut off requests in flight: they took longer than server.stop-timeout ({} ms)",
          config.stopTimeout().toMillis());
    }
  }
}
