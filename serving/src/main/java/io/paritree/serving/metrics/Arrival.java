package io.paritree.serving.metrics;

import io.javalin.http.Context;
import io.paritree.serving.metrics.ServerMetrics.RouteMetrics;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/**
 * What the steps before a request's handler have found out about it. It is the request's only
 * attribute; one step after another reads and changes it. Not thread-safe.
 */
public final class Arrival {
  private static final String ATTRIBUTE = Arrival.class.getName();
  private static final byte[] NOTHING = {};

  private RequestOrigin origin = RequestOrigin.UNKNOWN;
  private byte[] body = NOTHING;
  private boolean gzipBroken;
  private long waitedNanos;
  private RouteMetrics route; // null until a route is found

  private Arrival() {}

  /** Returns the arrival of a request, which begins with the first call. */
  public static Arrival of(Request request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Arrival known) {
      return known;
    }

    Arrival begun = new Arrival();
    request.setAttribute(ATTRIBUTE, begun);
    return begun;
  }

  /** Returns the arrival of a request that has reached its handler. */
  public static Arrival of(Context ctx) {
    return ctx.attribute(ATTRIBUTE);
  }

  /** Returns the identifiers of the request for the answer and both logs. */
  public RequestOrigin origin() {
    return origin;
  }

  public void identify(RequestOrigin identifiers) {
    origin = identifiers;
  }

  /** Returns the bytes of the body; empty if the request has none. */
  public byte[] body() {
    return body;
  }

  public void load(byte[] loaded) {
    body = loaded;
  }

  /** Forgets the body, which nothing reads once its answer is written. */
  public void dropBody() {
    body = NOTHING;
  }

  /** Returns whether the body was refused as broken gzip. */
  public boolean isGzipBroken() {
    return gzipBroken;
  }

  public void breakGzip() {
    gzipBroken = true;
  }

  /** Returns the time for which the request has waited for its turn, in nanoseconds. */
  public long waitedNanos() {
    return waitedNanos;
  }

  public void waited(long nanos) {
    waitedNanos = nanos;
  }

  /** Returns the counters of the route; empty if the request was answered before it got there. */
  public Optional<RouteMetrics> route() {
    return Optional.ofNullable(route);
  }

  public void take(RouteMetrics taken) {
    route = taken;
  }
}
