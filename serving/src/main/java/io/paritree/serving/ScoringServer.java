package io.paritree.serving;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.router.Endpoint;
import io.javalin.util.JavalinException;
import io.paritree.serving.ServerMetrics.RouteMetrics;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server in its running state.
 *
 * <p>A request passes, in this order: the graceful stop, the {@link Gate}, the {@link BodyLoader},
 * the {@link AnswerWriter}, the admission, and Javalin's routes. All but the last are Jetty's kind
 * of handler and hold no thread while they wait. Thread-safe.
 */
final class ScoringServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScoringServer.class);
  private static final int SYSTEM_THREADS = 4; // acceptor, selectors, and one to spare
  private static final int ACCEPT_QUEUE = 1_024;

  private final ServingConfig config;
  private final ServerMetrics metrics;
  private final Readiness readiness;
  private final RequestLines lines;
  private final BodyLoader bodies;
  private final AnswerWriter answers;
  private final Admission admission;
  private final Javalin javalin;

  /**
   * Starts listening; the server is not ready before {@link Readiness#begin}.
   *
   * @throws IOException if the address cannot be listened on
   */
  ScoringServer(
      ServingConfig config,
      List<Route> routes,
      ServerMetrics metrics,
      Readiness readiness,
      RequestLines lines)
      throws IOException {
    this.config = config;
    this.metrics = metrics;
    this.readiness = readiness;
    this.lines = lines;
    this.bodies =
        new BodyLoader(
            config.limits().body(),
            config.limits().pendingBodies(),
            config.server().requestTimeout());
    this.answers = new AnswerWriter(config.limits().pendingAnswers());
    this.admission = admission(config.admission());
    this.javalin = Javalin.create(javalinConfig -> set(javalinConfig, routes));
    measure();
    try {
      javalin.start();
    } catch (RuntimeException e) {
      throw Listening.failed("server", config.server().host(), config.server().port(), e);
    }
  }

  private static Admission admission(ServingConfig.Admission config) {
    return new Admission(config.permits(), config.waiting(), config.maxWait(), Gate.PUBLIC);
  }

  /** Returns the port that is listened on. */
  int port() {
    return javalin.port();
  }

  private void set(JavalinConfig javalin, List<Route> routes) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.prefer405over404 = true;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.http.defaultContentType = ContentType.JSON;
    javalin.http.maxRequestSize = config.limits().body();
    javalin.router.javaLangErrorHandler(ScoringServer::answerError);
    javalin.jetty.threadPool = threads();
    javalin.jetty.clientAbortStatus = 400;
    javalin.jetty.timeoutStatus = 408;
    javalin.jetty.modifyServer(this::set);
    javalin.jetty.modifyHttpConfiguration(this::set);
    javalin.jetty.addConnector(this::connector);
    javalin.jetty.modifyServletContextHandler(context -> context.setErrorHandler(jettyErrors()));
    addRoutes(javalin.routes, routes);
  }

  private QueuedThreadPool threads() {
    int threads = config.server().workers() + SYSTEM_THREADS;
    QueuedThreadPool pool = new QueuedThreadPool(threads, Math.min(threads, 8));
    pool.setName("serving");
    return pool;
  }

  private void set(Server server) {
    answers.setHandler(admission);
    EagerContentHandler content = new EagerContentHandler((Handler) answers, bodies);
    Gate gate = new Gate(new Tokens(config.security()));
    gate.setHandler(content);
    // In place of Javalin's StatisticsHandler, which counts and does not wait.
    server.setHandler(new GracefulHandler(crossOrigin(gate)));
    server.setStopTimeout(config.server().stopTimeout().toMillis());
    server.setErrorHandler(jettyErrors());
    server.setRequestLog(new Traffic(metrics, lines));
  }

  /** Lets the allowed origins' pages call; their preflights need no token and get no further. */
  private Handler.Singleton crossOrigin(Gate gate) {
    if (config.security().corsOrigins().isEmpty()) {
      return gate;
    }

    CrossOriginHandler crossOrigin = new CrossOriginHandler();
    crossOrigin.setAllowedOriginPatterns(
        config.security().corsOrigins().stream().map(Pattern::quote).collect(Collectors.toSet()));
    crossOrigin.setAllowedMethods(Set.of("GET", "POST"));
    crossOrigin.setAllowedHeaders(Set.of("Authorization", "Content-Type", "X-Request-Id"));
    crossOrigin.setExposedHeaders(Set.of("Retry-After", "X-Request-Id"));
    crossOrigin.setAllowCredentials(false);
    crossOrigin.setDeliverPreflightRequests(false);
    crossOrigin.setHandler(gate);
    return crossOrigin;
  }

  /**
   * Returns the callers' connector, whose buffers are never pooled.
   *
   * <p>With Jetty's pool, under load with callers that go away half way, a buffer now and then
   * served two connections at once: a caller then got the answer to another's request, as {@code
   * scripts/faults http hostile} shows within 100,000 requests. The buffers are on the heap, where
   * making them is cheap.
   */
  private ServerConnector connector(Server server, HttpConfiguration http) {
    ByteBufferPool buffers = new ByteBufferPool.NonPooling();
    HttpConnectionFactory factory = new HttpConnectionFactory(http);
    ServerConnector connector = new ServerConnector(server, null, null, buffers, -1, -1, factory);
    connector.setHost(config.server().host());
    connector.setPort(config.server().port());
    connector.setIdleTimeout(config.server().idleTimeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addBean(new NetworkConnectionLimit(config.server().maxConnections(), connector), true);
    SlowClients slow = new SlowClients(connector, config.server().requestTimeout());
    connector.addBean(slow, true);
    metrics.gauge(
        "paritree_connections",
        "Open connections.",
        () -> connector.getConnectedEndPoints().size());
    metrics.gauge(
        "paritree_slow_connections_closed",
        "Connections closed since the start because a request's headers took too long.",
        slow::closed);
    return connector;
  }

  private JettyErrors jettyErrors() {
    return new JettyErrors(retryAfterSeconds());
  }

  private String retryAfterSeconds() {
    return Long.toString(config.admission().retryAfter().toSeconds());
  }

  private void set(HttpConfiguration http) {
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(config.limits().header());
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    http.setIdleTimeout(-1);
  }

  private void addRoutes(RoutesConfig javalin, List<Route> routes) {
    for (Route route : routes) {
      RouteMetrics taken = metrics.route(route.path());
      javalin.addEndpoint(
          Endpoint.create(route.method(), route.path())
              .handler(
                  ctx -> {
                    ctx.req().setAttribute(Traffic.ROUTE, taken);
                    route.handler().handle(ctx);
                  }));
    }

    javalin.exception(ProblemException.class, this::answerProblem);
    javalin.exception(HttpResponseException.class, ScoringServer::answer);
    javalin.exception(IOException.class, ScoringServer::answer);
    javalin.exception(Exception.class, ScoringServer::answer);
  }

  private void answerProblem(ProblemException e, Context ctx) {
    if (e.problem().status() == 503) {
      ctx.header(Header.RETRY_AFTER, retryAfterSeconds());
    }

    ProblemAnswer.write(e.problem(), ctx);
  }

  private static void answer(HttpResponseException e, Context ctx) {
    if (e instanceof MethodNotAllowedResponse) {
      String allowed = e.getDetails().get("availableMethods");
      ctx.header(Header.ALLOW, allowed == null ? "" : allowed);
    }

    ProblemAnswer.write(Problems.ofStatus(e.getStatus()), ctx);
  }

  private static void answer(IOException e, Context ctx) {
    if (e instanceof EofException) {
      LOG.debug("A caller went away", e);
      ProblemAnswer.write(Problems.incompleteBody(), ctx);
    } else {
      answer((Exception) e, ctx);
    }
  }

  private static void answer(Exception e, Context ctx) {
    LOG.error("A request failed at {}", ctx.endpoint().path, e);
    ProblemAnswer.write(Problems.internalError(), ctx);
  }

  private static void answerError(HttpServletResponse response, Error error) {
    LOG.error("A request failed", error);
    try {
      if (!response.isCommitted()) {
        response.resetBuffer();
        response.setStatus(500);
        response.setContentType(Problem.CONTENT_TYPE);
        response.getOutputStream().write(Problems.internalError().toJson());
      }
    } catch (IOException e) {
      LOG.debug("A caller went away", e);
    }
  }

  private void measure() {
    metrics.gauge("paritree_admission_running", "Requests that are worked on.", admission::running);
    metrics.gauge(
        "paritree_admission_waiting", "Requests that wait for their turn.", admission::waiting);
    metrics.gauge(
        "paritree_admission_refused",
        "Requests refused since the start because too many waited or they waited too long.",
        admission::refused);
    metrics.gauge(
        "paritree_pending_body_bytes",
        "Bytes held for bodies that are still arriving.",
        bodies::pendingBytes);
    metrics.gauge(
        "paritree_pending_answer_bytes",
        "Bytes of answers that wait for slow readers.",
        answers::pendingBytes);
  }

  /**
   * Stops: not ready, then after the drain delay no longer listening, then done when every accepted
   * request is answered or the stop timeout is over.
   */
  @Override
  public void close() {
    boolean known = readiness.isReady(); // no balancer knows of a server that was never ready
    readiness.end();
    try {
      // The balancer has to notice before the port closes: a wait for the time itself.
      TimeUnit.MILLISECONDS.sleep(known ? config.server().drainDelay().toMillis() : 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.warn(
          "Cut off what was in flight: it took longer than server.stop-timeout ({} ms)",
          config.server().stopTimeout().toMillis());
    }
  }
}
