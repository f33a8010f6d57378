package io.paritree.serving.http;

import io.paritree.serving.admission.Probes;
import io.paritree.serving.arrival.Arrival;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.metrics.ServerMetrics.RouteMetrics;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Counts and times every answered request, whichever component answered it, and logs it unless it
 * was a probe.
 *
 * <p>A request that was refused before its route was found is counted under the route that it would
 * have taken. Called by Jetty after the answer is complete. Thread-safe.
 */
final class RequestRecorder implements RequestLog {
  /** The path that Jetty gives to a connection that is closed before its request was complete. */
  private static final String NO_REQUEST = "/badRequest";

  private final List<Route> routes;
  private final ServerMetrics metrics;
  private final RequestLines lines;

  RequestRecorder(List<Route> routes, ServerMetrics metrics, RequestLines lines) {
    this.routes = routes;
    this.metrics = metrics;
    this.lines = lines;
  }

  @Override
  public void log(Request request, Response response) {
    long nanos = System.nanoTime() - request.getBeginNanoTime();
    Arrival arrival = Arrival.of(request);
    RouteMetrics route = arrival.route().orElseGet(() -> missed(request));
    int status = response.getStatus();
    if (status == 500 && NO_REQUEST.equals(Request.getPathInContext(request))) {
      return; // counted where it was closed; a request for this path would be answered with 404
    }

    route.answered(status, nanos);
    if (lines.on() && !Probes.PATHS.contains(route.route())) {
      lines.write(
          request.getMethod(),
          Request.getPathInContext(request),
          arrival.origin(),
          Request.getRemoteAddr(request),
          status,
          route.route(),
          nanos,
          Response.getContentBytesWritten(response));
    }
  }

  /** Returns the route to which a request leads that was answered before it got there. */
  private RouteMetrics missed(Request request) {
    for (Route route : routes) {
      if (route.takes(request.getMethod(), Request.getPathInContext(request))) {
        return metrics.route(route.path());
      }
    }

    return metrics.unrouted();
  }
}
