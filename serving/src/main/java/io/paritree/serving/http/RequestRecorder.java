package io.paritree.serving.http;

import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.ServerMetrics.RouteMetrics;
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
record RequestRecorder(Routing routing, RequestLines lines) implements RequestLog {
  /** The path that Jetty gives to a connection that is closed before its request was complete. */
  private static final String NO_REQUEST = "/badRequest";

  @Override
  public void log(Request request, Response response) {
    long nanos = System.nanoTime() - request.getBeginNanoTime();
    Arrival arrival = Arrival.of(request);
    String path = Request.getPathInContext(request);
    RouteMetrics route = arrival.route().orElseGet(() -> routing.route(request.getMethod(), path));
    int status = response.getStatus();
    if (status == 500 && NO_REQUEST.equals(path)) {
      return; // counted where it was closed; a request for this path would be answered with 404
    }

    route.answered(status, nanos);
    if (lines.on() && !Probes.PATHS.contains(route.route())) {
      lines.write(
          request.getMethod(),
          path,
          arrival.origin(),
          Request.getRemoteAddr(request),
          status,
          route.route(),
          nanos,
          Response.getContentBytesWritten(response));
    }
  }
}
