package io.paritree.serving.http;

import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.http.Tokens.Role;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.RequestId;
import io.paritree.serving.metrics.RequestOrigin;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Checks a request's headers before any work is done for it, and sets the headers that every answer
 * has.
 *
 * <p>Requires a host of this server if no token is needed, and a token if tokens are configured.
 * Gives a request without an id one. Refuses what Paritree does not support: bodies that are
 * encoded otherwise than by gzip, two headers that say how a body is read, and method overrides
 * (Javalin would obey {@code X-HTTP-Method-Override}), and what pages of other origins send.
 * Thread-safe.
 */
public final class Gate extends Handler.Wrapper {
  private static final HttpField NO_SNIFFING =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
  private static final HttpField NO_STORE = new PreEncodedHttpField("Cache-Control", "no-store");

  /** Of tensors, see {@code InferenceHandler}. */
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private final Hosts hosts;
  private final CrossOrigin crossOrigin;
  private final Tokens tokens;
  private volatile boolean closing;

  Gate(Hosts hosts, CrossOrigin crossOrigin, Tokens tokens) {
    this.hosts = hosts;
    this.crossOrigin = crossOrigin;
    this.tokens = tokens;
  }

  /** From now on, each answer is the last one of its connection. */
  void closeConnections() {
    closing = true;
  }

  /** Returns the step that says which answers are the last ones of their connections. */
  Handler.Wrapper lastAnswers() {
    return new Handler.Wrapper() {
      @Override
      public boolean handle(Request request, Response response, Callback callback)
          throws Exception {
        endTunnel(request, response);
        if (closing) {
          response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }

        return super.handle(request, new Last(request, response), callback);
      }
    };
  }

  /** An answer that says so if it is the last one, also if that was not known at its begin. */
  private final class Last extends Response.Wrapper {
    Last(Request request, Response response) {
      super(request, response);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback written) {
      if (closing && !isCommitted()) {
        getHeaders().put(HttpFields.CONNECTION_CLOSE);
      }

      super.write(last, content, written);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HttpFields.Mutable answered = response.getHeaders();
    guard(answered);
    Problem refusal = null;
    boolean identified = false;
    boolean packed = false;
    boolean typed = false;
    boolean measured = false;
    String id = null;
    String trace = null;
    String page = null;
    String site = null;
    for (HttpField field : request.getHeaders()) {
      HttpHeader known = field.getHeader();
      if (known == HttpHeader.CONTENT_ENCODING) {
        if (!field.getValue().equalsIgnoreCase("identity")) {
          if (packed || !BodyLoader.unpacks(field.getValue())) {
            refusal = Problems.UNSUPPORTED_ENCODING.of();
          }

          packed = true;
        }
      } else if (known == HttpHeader.CONTENT_TYPE) {
        refusal = typed ? Problems.REPEATED_HEADER.of(known.asString()) : refusal;
        typed = true;
      } else if (known == HttpHeader.TRANSFER_ENCODING) {
        // Jetty decodes the last coding, which is chunked, and ignores the others.
        if (!field.getValue().equalsIgnoreCase(HttpHeaderValue.CHUNKED.asString())) {
          answered.put(HttpFields.CONNECTION_CLOSE);
          refusal = Problems.UNSUPPORTED_TRANSFER_CODING.of();
        }
      } else if (known == HttpHeader.ORIGIN) {
        page = field.getValue();
      } else if (known == null) {
        String name = field.getName();
        if (name.equalsIgnoreCase(RequestId.HEADER)) {
          // Only the first one, as in the logs.
          if (!identified && RequestId.isRepeated(field.getValue())) {
            id = field.getValue();
          }

          identified = true;
        } else if (name.equalsIgnoreCase(RequestOrigin.TRACE_PARENT)) {
          if (trace == null && RequestOrigin.isTraceParent(field.getValue())) {
            trace = field.getValue();
          }
        } else if (name.equalsIgnoreCase(JSON_LENGTH)) {
          refusal = measured ? Problems.REPEATED_HEADER.of(JSON_LENGTH) : refusal;
          measured = true;
        } else if (name.equalsIgnoreCase("X-HTTP-Method-Override")) {
          refusal = Problems.METHOD_OVERRIDE.of();
        } else if (name.equalsIgnoreCase(CrossOrigin.FETCH_SITE)) {
          site = field.getValue();
        }
      }
    }

    refusal = crossOrigin.refusal(request, page, site).orElse(refusal);
    refusal = hosts.refusal(request.getHttpURI()).orElse(refusal);
    String token = null;
    if (refusal == null
        && tokens.exist(Role.SCORE)
        && needsToken(Request.getPathInContext(request))) {
      Tokens.Verdict verdict = tokens.verdict(request.getHeaders(), Role.SCORE);
      token = verdict.token();
      refusal = verdict.refusal().orElse(null);
    }

    RequestOrigin origin = new RequestOrigin(id == null ? RequestId.make() : id, trace, token);
    Arrival.of(request).identify(origin);
    answered.put(RequestId.HEADER, origin.requestId());
    if (refusal != null) {
      JettyErrors.write(refusal, request, response, callback);
      return true;
    }

    return super.handle(request, response, callback);
  }

  /** Probes have none, and the files of the page, which have no data, ask for one. */
  private static boolean needsToken(String path) {
    return !Probes.PATHS.contains(path) && !path.equals("/ui") && !path.startsWith("/ui/");
  }

  /**
   * Sets the headers that every answer has, also of a request that has not reached the gate: by its
   * id it is found in the logs.
   */
  static void identify(Request request, Response response) {
    guard(response.getHeaders());
    Arrival arrival = Arrival.of(request);
    if (arrival.origin().requestId() == null) {
      String id = request.getHeaders().get(RequestId.HEADER);
      boolean repeated = id != null && RequestId.isRepeated(id);
      arrival.identify(new RequestOrigin(repeated ? id : RequestId.make(), null, null));
    }

    response.getHeaders().put(RequestId.HEADER, arrival.origin().requestId());
  }

  /**
   * Ends the connection with the answer to CONNECT, after which Jetty waits for bytes to tunnel.
   */
  public static void endTunnel(Request request, Response response) {
    if (request.getMethod().equals("CONNECT")) {
      response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
    }
  }

  /** Sets the headers that every answer has. */
  public static void guard(HttpFields.Mutable headers) {
    headers.put(NO_SNIFFING);
    headers.put(NO_STORE);
  }
}
