package io.paritree.serving.http;

import io.paritree.serving.arrival.RequestId;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Which pages of other origins may call, and read the answers.
 *
 * <p>A browser shows a page no answer without these headers, not even its status. So refusals have
 * them too. Thread-safe.
 */
final class CrossOrigin {
  private static final Set<String> EXPOSED =
      Set.of("ETag", "Retry-After", RequestId.HEADER, "Inference-Header-Content-Length");

  private final Set<String> origins;
  private final List<String> headers;

  /**
   * @param origins may be empty: then no page may call
   * @param headers the headers that pages may send
   */
  CrossOrigin(List<String> origins, List<String> headers) {
    this.origins = Set.copyOf(origins);
    this.headers = headers;
  }

  boolean allowsAny() {
    return !origins.isEmpty();
  }

  /** Returns the step that answers preflights itself and marks the answers to other requests. */
  CrossOriginHandler step() {
    CrossOriginHandler step = new Identified();
    step.setAllowedOriginPatterns(origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
    step.setAllowedMethods(Set.of("GET", "POST"));
    step.setAllowedHeaders(Set.copyOf(headers));
    step.setExposedHeaders(EXPOSED);
    step.setAllowCredentials(false);
    step.setDeliverPreflightRequests(false);
    return step;
  }

  /** Gives preflights, which do not reach the gate, the headers that every answer has. */
  private static final class Identified extends CrossOriginHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (request.getMethod().equals("OPTIONS")) {
        Gate.identify(request, response);
      }

      return super.handle(request, response, callback);
    }
  }

  /**
   * Marks an answer of Jetty itself, whose headers {@link #step} has not set.
   *
   * @param request the headers of the request; empty if Jetty's parser refused them. Then every
   *     page may read the answer, which has nothing of the request in it
   */
  void mark(HttpFields request, HttpFields.Mutable answer) {
    if (origins.isEmpty()) {
      return;
    }

    String origin = request.get(HttpHeader.ORIGIN);
    boolean unread = request.size() == 0;
    answer.put(HttpHeader.VARY, HttpHeader.ORIGIN.asString());
    if (unread || origin != null && origins.contains(origin)) {
      answer.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, unread ? "*" : origin);
      answer.put(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, String.join(",", EXPOSED));
    }
  }
}
