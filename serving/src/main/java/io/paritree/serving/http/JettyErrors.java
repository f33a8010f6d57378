package io.paritree.serving.http;

import io.paritree.serving.answer.ErrorForm;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.Arrival;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ErrorHandler;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Writes the errors that Jetty itself finds, such as broken requests, as problems.
 *
 * <p>The answer contains nothing from the request and nothing from an exception. Thread-safe.
 */
public final class JettyErrors extends ErrorHandler {
  private static final String UNKNOWN_TOKEN = "Bearer error=\"invalid_token\"";

  private final HttpField retryAfter;
  private final CrossOrigin crossOrigin;

  /**
   * Of a port that no page of another origin may call.
   *
   * @param retryAfterSeconds how long a 503 asks the caller to wait
   */
  public JettyErrors(String retryAfterSeconds) {
    this(retryAfterSeconds, new CrossOrigin(List.of(), List.of()));
  }

  /**
   * @param retryAfterSeconds how long a 503 asks the caller to wait
   */
  JettyErrors(String retryAfterSeconds, CrossOrigin crossOrigin) {
    this.crossOrigin = crossOrigin;
    this.retryAfter = new HttpField(HttpHeader.RETRY_AFTER, retryAfterSeconds);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Throwable cause = (Throwable) request.getAttribute(ERROR_EXCEPTION);
    if (cause instanceof HttpException known) {
      status = known.getCode();
      // Jetty closes the connection of a request that its parser refused, and does not say so.
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    } else if (cause instanceof TimeoutException && status == 500) {
      status = 408;
    }

    if (status < 400) {
      status = 500;
    }

    if (status == 503 || status == 429) {
      response.getHeaders().put(retryAfter);
    }

    crossOrigin.mark(request.getHeaders(), response.getHeaders());
    boolean broken = Arrival.of(request).isGzipBroken();
    Problem problem = broken ? Problems.BROKEN_GZIP.of() : Problems.ofStatus(status);
    write(problem, request, response, callback);
    return true;
  }

  /** Answers before Javalin is reached, in the form of the protocol whose path was requested. */
  public static void write(Problem problem, Request request, Response response, Callback callback) {
    Gate.identify(request, response); // not yet done if Jetty's parser refused the request
    response.setStatus(problem.status());
    if (problem.status() == 401) {
      String challenge = problem.equals(Problems.UNKNOWN_TOKEN.of()) ? UNKNOWN_TOKEN : "Bearer";
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, challenge);
    }

    if (HttpStatus.hasNoBody(problem.status()) || request.getMethod().equals("HEAD")) {
      callback.succeeded();
      return;
    }

    ErrorForm form = ErrorForm.of(CallersConnections.path(request));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, form.contentType(problem));
    response.write(true, ByteBuffer.wrap(form.write(problem)), callback);
  }
}
