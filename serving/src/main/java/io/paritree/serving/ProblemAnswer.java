package io.paritree.serving;

import io.javalin.http.Context;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends a problem, in the form of the protocol whose path was asked. */
final class ProblemAnswer {
  private ProblemAnswer() {}

  /** Answers in front of Javalin. */
  static void write(Problem problem, Request request, Response response, Callback callback) {
    Gate.guard(response.getHeaders()); // a broken request gets no further than Jetty's parser
    response.setStatus(problem.status());
    if (problem.status() == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }

    if (HttpStatus.hasNoBody(problem.status()) || request.getMethod().equals("HEAD")) {
      callback.succeeded();
      return;
    }

    ErrorForm form = ErrorForm.of(Request.getPathInContext(request));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, form.contentType(problem));
    response.write(true, ByteBuffer.wrap(form.write(problem)), callback);
  }

  /** Answers inside Javalin. */
  static void write(Problem problem, Context ctx) {
    ErrorForm form = ErrorForm.of(ctx.path());
    ctx.status(problem.status()).contentType(form.contentType(problem)).result(form.write(problem));
    ctx.res().setCharacterEncoding(null); // JSON's types have no charset; Javalin would add one
  }
}
