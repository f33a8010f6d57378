package io.paritree.serving.http;

import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The callers' port: starts listening, serves and stops; {@link #requestLife} lists what a request
 * passes through. Thread-safe.
 */
public final class ScoringServer implements AutoCloseable {
  private static final int SYSTEM_THREADS = 4; // acceptor, selectors, and one spare
  private static final int ACCEPT_QUEUE = 1_024;
  private static final int INPUT_BYTES = 4 << 10;

  /**
   * Enough for each answer: Jetty keeps a connection open whose answer has a larger head (#15840).
   */
  private static final int ANSWER_HEAD_BYTES = 1 << 10;

  private static final int MAX_ANSWER_HEAD_BYTES = 8 << 10;
  private static final int ANSWER_BYTES = 1 << 10;

  private final ServingConfig config;
  private final ServerMetrics metrics;
  private final CrossOrigin crossOrigin;
  private final Gate gate;
  private final Callers callers;
  private final Server server;
  private final CallersConnector connector;
  private final GracefulStop stop;

  /**
   * Starts listening; the server is not ready before {@link Readiness#begin}.
   *
   * @throws IOException if the address cannot be listened on
   */
  public ScoringServer(
      ServingConfig config,
      List<Route> routes,
      ServerMetrics metrics,
      Readiness readiness,
      RequestLines lines)
      throws IOException {
    this.config = config;
    this.metrics = metrics;
    this.crossOrigin =
        new CrossOrigin(config.security().corsOrigins(), config.security().corsHeaders());
    this.gate = new Gate(Hosts.ofCallers(config), crossOrigin, new Tokens(config.security()));
    this.callers =
        new Callers(
            config.callers().trustedProxies(),
            metrics.limited("requests"),
            metrics.limited("connections"));
    this.server = new Server(threads());
    Routing routing = new Routing(routes, metrics, retryAfterSeconds());
    set(server, routing.servlet());
    server.setRequestLog(new RequestRecorder(routing, lines));
    this.connector = connector(http());
    server.addConnector(connector);
    this.stop = new GracefulStop(server, connector, gate, config.server(), readiness);
    try {
      server.start();
    } catch (Exception e) {
      stop.now();
      throw ListenFailure.failed("server", config.server().host(), config.server().port(), e);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  private QueuedThreadPool threads() {
    int threads = config.server().workers() + SYSTEM_THREADS;
    QueuedThreadPool pool = new QueuedThreadPool(threads, Math.min(threads, 8));
    pool.setName("serving");
    return pool;
  }

  /**
   * Returns the steps that a request passes through, in order; each step passes it to the next one
   * or answers it. Jetty parses the headers before the first step, and calls the {@link
   * RequestRecorder} after the last byte of the answer. No step before Javalin holds a thread while
   * it waits.
   */
  private List<Handler.Singleton> requestLife(Servlet javalin) {
    List<Handler.Singleton> life = new ArrayList<>();
    life.add(new GracefulHandler()); // counts the request, so that a stop waits for it
    life.add(gate.lastAnswers()); // says in a stop that no other answer follows
    if (crossOrigin.allowsAny()) {
      life.add(crossOrigin.step()); // answers preflights, which need no token and are not counted
    }

    int perSecond = config.callers().requestsPerSecond();
    if (perSecond > 0) {
      life.add(
          callers.requests(perSecond, ScoringServer::tooMany)); // 429 for an address with too many
    }

    life.add(
        gate); // sets headers of every answer; requires host, origin and token; refuses by headers
    life.add(new EagerContentHandler(bodies())); // loads the body
    life.add(answers()); // collects the answer and sends it in one piece
    life.add(admission()); // waits for a permit
    ServletContextHandler routes = new ServletContextHandler();
    routes.addServlet(new ServletHolder(javalin), "/*"); // finds the route and runs its handler
    routes.setErrorHandler(jettyErrors());
    life.add(routes);
    return life;
  }

  private BodyLoader bodies() {
    BodyLoader bodies =
        new BodyLoader(
            config.limits().body(),
            config.limits().pendingBodies(),
            config.server().requestTimeout(),
            metrics.refused("bodies"));
    metrics.gauge(
        "paritree_pending_body_bytes",
        "Bytes held for bodies that are still arriving.",
        bodies::pendingBytes);
    return bodies;
  }

  private AnswerWriter answers() {
    UnreadAnswers unread = new UnreadAnswers(server, config, metrics.slow("answer"));
    metrics.gauge(
        "paritree_pending_answer_bytes",
        "Bytes of answers that wait for slow readers.",
        unread::bytes);
    return new AnswerWriter(unread, metrics.refused("answers"));
  }

  private Admission admission() {
    Admission admission =
        new Admission(
            config.admission().permits(),
            config.admission().waiting(),
            config.limits().pendingBodies(),
            config.admission().maxWait(),
            metrics.refused("waiting"));
    metrics.gauge("paritree_admission_running", "Requests that are running.", admission::running);
    metrics.gauge(
        "paritree_admission_waiting", "Requests that wait for their turn.", admission::waiting);
    return admission;
  }

  private static boolean tooMany(Request request, Response response, Callback callback) {
    Response.writeError(request, response, callback, 429);
    return true;
  }

  private void set(Server server, Servlet javalin) {
    Handler.Singleton before = server;
    for (Handler.Singleton step : requestLife(javalin)) {
      before.setHandler(step);
      before = step;
    }

    server.setStopTimeout(config.server().stopTimeout().toMillis());
    server.setErrorHandler(jettyErrors());
  }

  /**
   * Returns the callers' connector. It uses {@link FreshBuffers}: with Jetty's own pool of buffers,
   * {@code scripts/faults http hostile} shows, within 100,000 requests, a caller that gets the
   * answer to another caller's request.
   */
  private CallersConnector connector(HttpConfiguration http) throws IOException {
    FreshBuffers buffers = new FreshBuffers();
    CallersConnector connector =
        new CallersConnector(server, buffers, -1, metrics.slow("silent"), factories(http));
    connector.setHost(config.server().host());
    connector.setPort(config.server().port());
    connector.setIdleTimeout(config.server().idleTimeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(UnreadAnswers.SEND_BYTES);
    server.addBean(new NetworkConnectionLimit(config.server().maxConnections(), connector), true);
    int perCaller = config.callers().connections();
    if (perCaller > 0) {
      connector.addBean(callers.connections(perCaller));
    }

    connector.addBean(
        new SlowClients(connector, config.server().requestTimeout(), metrics.slow("headers")),
        true);
    metrics.gauge("paritree_connections", "Open connections.", connector::connections);
    metrics.gauge(
        "paritree_connections_limit",
        "Connections that may be open at once; more wait to be accepted.",
        config.server()::maxConnections);
    metrics.counter(
        "paritree_buffers_released_twice_total",
        "Buffers that Jetty released twice since the start; harmless, because none is reused.",
        buffers::releasedTwice);
    return connector;
  }

  private ConnectionFactory[] factories(HttpConfiguration http) throws IOException {
    if (!config.tls().on()) {
      return new ConnectionFactory[] {new CallersConnections(http)};
    }

    Certificates certificates = new Certificates(config.tls(), server);
    server.addBean(certificates, true);
    metrics.gauge(
        "paritree_certificate_expiry_seconds",
        "When the certificate expires, in seconds since the epoch.",
        certificates::expirySeconds);
    // Callers may use another name of the server, or its address: they check the certificate.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {certificates.connections(), new CallersConnections(http)};
  }

  private JettyErrors jettyErrors() {
    return new JettyErrors(retryAfterSeconds(), crossOrigin);
  }

  private String retryAfterSeconds() {
    return Long.toString(config.admission().retryAfter().toSeconds());
  }

  private HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(config.limits().header());
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    // A buffer is used for one request, so it has the size of a usual request.
    http.setInputBufferSize(INPUT_BYTES);
    http.setResponseHeaderSize(ANSWER_HEAD_BYTES);
    http.setMaxResponseHeaderSize(MAX_ANSWER_HEAD_BYTES);
    http.setOutputBufferSize(ANSWER_BYTES);
    http.setOutputAggregationSize(ANSWER_BYTES);
    http.setIdleTimeout(-1);
    return http;
  }

  /** Stops the server as {@link GracefulStop} says. */
  @Override
  public void close() {
    stop.close();
  }
}
