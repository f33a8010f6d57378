package io.paritree.serving.http;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Closes connections whose next request has begun but whose headers do not arrive in time.
 *
 * <p>Each byte of a header makes a connection look busy, so no idle timeout closes it. {@link
 * BodyLoader} handles bodies that drip, and {@link UnreadAnswers} handles answers that are not
 * read. With TLS, the handshake counts as a part of the first headers.
 */
public final class SlowClients extends EverySecond {
  private final ServerConnector connector;
  private final long limitNanos;
  private final CounterDataPoint closed;
  private Map<EndPoint, Progress> seen = new HashMap<>();

  /**
   * @param limit longest time that the headers of a request may take
   * @param closed counts the connections that were closed
   */
  public SlowClients(ServerConnector connector, Duration limit, CounterDataPoint closed) {
    super(connector::getScheduler);
    this.connector = connector;
    this.limitNanos = limit.toNanos();
    this.closed = closed;
  }

  /**
   * The state of a connection when it last did anything except send a part of a request's headers.
   *
   * @param since nanosecond clock; when this part began to arrive, or 0 if no part has arrived
   */
  private record Progress(long messagesIn, long messagesOut, long bytesIn, long since) {}

  @Override
  protected void look() {
    long now = System.nanoTime();
    Map<EndPoint, Progress> current = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = endPoint.getConnection();
      if (connection == null) {
        continue;
      }

      Progress progress = progress(seen.get(endPoint), connection, now);
      if (progress.since() != 0 && now - progress.since() > limitNanos) {
        closed.inc();
        endPoint.close();
      } else {
        current.put(endPoint, progress);
      }
    }

    seen = current;
  }

  /** Returns the connection that reads the requests: with TLS, it is inside of another one. */
  public static Connection http(Connection connection) {
    Connection inside =
        connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    return inside == null ? connection : inside;
  }

  private static Progress progress(Progress before, Connection connection, long now) {
    Connection http = http(connection);
    long in = http.getMessagesIn();
    long out = http.getMessagesOut();
    long bytes = connection.getBytesIn();
    boolean moved = before == null || before.messagesIn() != in || before.messagesOut() != out;
    if (moved) {
      // A connection that is seen for the first time may already have sent a part.
      boolean begun = before == null && in == 0 && bytes > 0;
      return new Progress(in, out, bytes, begun ? now : 0);
    }

    boolean between = in == out;
    long since = between && before.since() == 0 && bytes > before.bytesIn() ? now : before.since();
    return new Progress(in, out, before.bytesIn(), between ? since : 0);
  }
}
