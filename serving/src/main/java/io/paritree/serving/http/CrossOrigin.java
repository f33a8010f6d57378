package io.paritree.serving.http;

import io.paritree.Fault;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.RequestId;
import java.util.List;
import java.util.Optional;
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
 * them too.
 *
 * <p>A browser sends a simple POST of any page without asking first (no preflight), and only hides
 * the answer: the rows would be scored, logged and counted. So such a request is refused by what
 * browsers say of the page: {@code Sec-Fetch-Site} (W3C Fetch Metadata), or {@code Origin} (RFC
 * 6454) where they leave that out, as on a port without TLS. Programs send neither. Thread-safe.
 */
final class CrossOrigin {
  static final String FETCH_SITE = "Sec-Fetch-Site";

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
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

  /**
   * Returns why a request is refused; empty if it only reads, or comes from a program, from a page
   * of this server, or from one that may call.
   *
   * @param origin the header Origin; null if there is none
   * @param site the header {@link #FETCH_SITE}; null if there is none
   */
  Optional<Problem> refusal(Request request, String origin, String site) {
    boolean allowed =
        origin == null && site == null
            || READING.contains(request.getMethod())
            || origin != null && origins.contains(origin)
            || (site != null ? OWN_SITES.contains(site) : isOwn(request, origin));
    return allowed
        ? Optional.empty()
        : Optional.of(
            Problems.CROSS_ORIGIN.of(Fault.printable(origin == null ? "not named" : origin)));
  }

  /** Returns whether an origin has the host and the port that the request was sent to. */
  private static boolean isOwn(Request request, String origin) {
    String host = request.getHeaders().get(HttpHeader.HOST);
    int scheme = origin.indexOf("://");
    return host != null && scheme >= 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
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
