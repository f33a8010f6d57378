package io.paritree.serving.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.ServletEntry;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import io.paritree.serving.answer.ErrorForm;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.RequestId;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.metrics.ServerMetrics.RouteMetrics;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import kotlin.LazyKt;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Javalin with the endpoints of the callers' port; turns their exceptions into problems. */
final class Routing {
  private static final Logger LOG = LoggerFactory.getLogger(Routing.class);
  private static final String REQUEST_ID = "request_id"; // as in the request log

  private final Javalin javalin;
  private final ServerMetrics metrics;

  /**
   * @param retryAfter how long a 503 asks the caller to wait, in seconds
   */
  Routing(List<Route> routes, ServerMetrics metrics, String retryAfter) {
    this.javalin = Javalin.create(config -> set(config, routes, metrics, retryAfter));
    this.metrics = metrics;
  }

  /**
   * Returns Javalin as a servlet, without the parts that no endpoint needs: WebSocket, filters,
   * files.
   */
  Servlet servlet() {
    return javalin.javalinServlet();
  }

  /**
   * Returns the counters of the route to which a request leads.
   *
   * @param path null if none could be read
   */
  RouteMetrics route(String method, String path) {
    ParsedEndpoint found =
        path == null
            ? null
            : javalin.unsafe.internalRouter.findFirstHttpHandlerEntry(
                HandlerType.findOrDefault(method), path);
    return found == null ? metrics.unrouted() : metrics.route(found.endpoint.path);
  }

  private static void set(
      JavalinConfig javalin, List<Route> routes, ServerMetrics metrics, String retryAfter) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.prefer405over404 = true;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.http.defaultContentType = ContentType.JSON;
    javalin.router.javaLangErrorHandler(Routing::answerError);
    javalin.jetty.clientAbortStatus = 400;
    javalin.jetty.timeoutStatus = 408;
    for (Route route : routes) {
      RouteMetrics taken = metrics.route(route.path());
      Handler handler =
          ctx -> {
            Arrival.of(ctx).take(taken);
            route.handler().handle(ctx);
          };
      add(route.method(), route.path(), handler, javalin);
      if (route.method() == HandlerType.GET) {
        // The same headers; Jetty omits the body. Javalin itself would announce an empty body.
        add(HandlerType.HEAD, route.path(), handler, javalin);
      }
    }

    javalin.routes.exception(
        ProblemException.class, (e, ctx) -> answer(e.problem(), retryAfter, ctx));
    javalin.routes.exception(HttpResponseException.class, Routing::answer);
    javalin.routes.exception(IOException.class, Routing::answer);
    javalin.routes.exception(Exception.class, Routing::answer);
    javalin.unsafe.servletRequestLifecycle = List.of(DefaultTasks.INSTANCE.getHTTP());
    javalin.unsafe.servlet =
        LazyKt.lazy(() -> new ServletEntry(null, new JavalinServlet(javalin.unsafe)));
  }

  private static void add(HandlerType method, String path, Handler handler, JavalinConfig javalin) {
    javalin.routes.addEndpoint(Endpoint.create(method, path).handler(handler));
  }

  private static void answer(Problem problem, String retryAfter, Context ctx) {
    if (problem.status() == 503) {
      ctx.header(Header.RETRY_AFTER, retryAfter);
    }

    write(problem, ctx);
  }

  private static void answer(HttpResponseException e, Context ctx) {
    if (e instanceof MethodNotAllowedResponse) {
      String allowed = e.getDetails().get("availableMethods");
      ctx.header(Header.ALLOW, allowed == null ? "" : allowed);
    }

    write(Problems.ofStatus(e.getStatus()), ctx);
  }

  private static void answer(IOException e, Context ctx) {
    if (e instanceof EofException) {
      LOG.debug("A caller went away", e);
      write(Problems.INCOMPLETE_BODY.of(), ctx);
    } else {
      answer((Exception) e, ctx);
    }
  }

  private static void answer(Exception e, Context ctx) {
    LOG.atError()
        .addKeyValue(REQUEST_ID, ctx.res().getHeader(RequestId.HEADER))
        .setCause(e)
        .log("A request failed at {}", ctx.endpoint().path);
    write(Problems.INTERNAL_ERROR.of(), ctx);
  }

  /** Answers in the form of the protocol whose path was requested. */
  private static void write(Problem problem, Context ctx) {
    ErrorForm form = ErrorForm.of(ctx.path());
    ctx.status(problem.status()).contentType(form.contentType(problem)).result(form.write(problem));
    ctx.res().setCharacterEncoding(null); // JSON's types have no charset; Javalin would add one
  }

  private static void answerError(HttpServletResponse response, Error error) {
    LOG.atError()
        .addKeyValue(REQUEST_ID, response.getHeader(RequestId.HEADER))
        .setCause(error)
        .log("A request failed");
    try {
      if (!response.isCommitted()) {
        response.resetBuffer();
        response.setStatus(500);
        response.setContentType(Problem.CONTENT_TYPE);
        response.getOutputStream().write(Problems.INTERNAL_ERROR.of().toJson());
      }
    } catch (IOException e) {
      LOG.debug("A caller went away", e);
    }
  }
}
