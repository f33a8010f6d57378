package io.paritree.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.http.AnswerWriter;
import io.paritree.serving.http.CallersConnector;
import io.paritree.serving.http.EverySecond;
import io.paritree.serving.http.Gate;
import io.paritree.serving.http.Hosts;
import io.paritree.serving.http.JettyErrors;
import io.paritree.serving.http.ListenFailure;
import io.paritree.serving.http.SlowClients;
import io.paritree.serving.http.Tokens;
import io.paritree.serving.http.Tokens.Role;
import io.paritree.serving.http.UnreadAnswers;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.RequestMinutes;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.ModelSlot.Refusal;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.models.VersionWatch;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The operator's port: {@code GET /metrics}, {@code /health/live} and {@code /health/ready}, which
 * reports on each model; and {@code POST /admin/reload} if admin tokens are configured.
 *
 * <p>Has its own threads, so that it answers while the callers' port is overloaded or draining.
 * Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {
  private static final int THREADS = 5;
  private static final int MAX_CONNECTIONS = 64;

  private final Models models;
  private final StoredScores scores;
  private final ServerMetrics metrics;
  private final Readiness readiness;
  private final VersionWatch watch;
  private final long reloadMillis;
  private final Hosts hosts;
  private final Tokens tokens;
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Server server;
  private final ServerConnector connector;

  /**
   * Starts listening.
   *
   * @throws IOException if the address cannot be listened on
   */
  public ManagementServer(
      ServingConfig config,
      Models models,
      StoredScores scores,
      ServerMetrics metrics,
      Readiness readiness,
      VersionWatch watch,
      RequestMinutes minutes)
      throws IOException {
    this.models = models;
    this.scores = scores;
    this.hosts = Hosts.ofManagement(config);
    this.tokens = new Tokens(config.security());
    this.metrics = metrics;
    this.readiness = readiness;
    this.watch = watch;
    this.reloadMillis = config.server().idleTimeout().toMillis() * 2 / 3;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
    threads.setName("management");
    threads.setDaemon(true);
    this.server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setSendServerVersion(false);
    this.connector =
        new CallersConnector(
            server, null, 1, metrics.slow("silent"), new HttpConnectionFactory(http));
    connector.setHost(config.management().host());
    connector.setPort(config.management().port());
    connector.setIdleTimeout(config.server().idleTimeout().toMillis());
    connector.setAcceptedSendBufferSize(UnreadAnswers.SEND_BYTES);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
    connector.addBean(
        new SlowClients(connector, config.server().requestTimeout(), metrics.slow("headers")),
        true);
    connector.addBean(
        new EverySecond(connector::getScheduler) {
          @Override
          protected void look() {
            minutes.look();
          }
        },
        true);
    server.setErrorHandler(
        new JettyErrors(Long.toString(config.admission().retryAfter().toSeconds())));
    server.setHandler(answers(config));
    try {
      server.start();
    } catch (Exception e) {
      close();
      throw ListenFailure.failed("management", connector.getHost(), connector.getPort(), e);
    }
  }

  /** Returns the pages in a handler that closes the connections of callers that do not read. */
  private AnswerWriter answers(ServingConfig config) {
    UnreadAnswers unread = new UnreadAnswers(server, config, metrics.slow("answer"));
    AnswerWriter answers = new AnswerWriter(unread, metrics.refused("answers"));
    answers.setHandler(new Pages());
    return answers;
  }

  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot stop the management port: " + e.getMessage(), e);
    }
  }

  private final class Pages extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback)
        throws IOException {
      Gate.guard(response.getHeaders());
      Gate.endTunnel(request, response);
      Optional<Problem> refusal = hosts.refusal(request.getHttpURI());
      if (refusal.isPresent()) {
        JettyErrors.write(refusal.get(), request, response, callback);
        return true;
      }

      switch (Request.getPathInContext(request)) {
        case "/metrics" -> page(this::writeMetrics, request, response, callback);
        case "/health/live" -> page(this::writeLive, request, response, callback);
        case "/health/ready" -> page(this::writeReady, request, response, callback);
        case "/admin/reload" -> admin(request, response, callback);
        default -> JettyErrors.write(Problems.NO_MANAGEMENT_PAGE.of(), request, response, callback);
      }

      return true;
    }

    private void admin(Request request, Response response, Callback callback) {
      if (!tokens.exist(Role.ADMIN)) {
        JettyErrors.write(Problems.NO_MANAGEMENT_PAGE.of(), request, response, callback);
        return;
      }

      Optional<Problem> refusal = tokens.verdict(request.getHeaders(), Role.ADMIN).refusal();
      if (refusal.isPresent()) {
        JettyErrors.write(refusal.get(), request, response, callback);
        return;
      }

      if (!request.getMethod().equals("POST")) {
        refuseMethod("POST", request, response, callback);
        return;
      }

      if (!watch.hasBegun()) {
        JettyErrors.write(Problems.STARTING.of(), request, response, callback);
        return;
      }

      reload(response, callback);
    }

    private void refuseMethod(
        String allowed, Request request, Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.ALLOW, allowed);
      Response.writeError(request, response, callback, 405);
    }

    private void page(Page page, Request request, Response response, Callback callback)
        throws IOException {
      if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
        refuseMethod("GET, HEAD", request, response, callback);
        return;
      }

      byte[] body = page.write(request, response);
      response.write(true, ByteBuffer.wrap(body), callback);
    }

    private byte[] writeMetrics(Request request, Response response) throws IOException {
      var writer = formats.findWriter(request.getHeaders().get(HttpHeader.ACCEPT));
      ByteArrayOutputStream text = new ByteArrayOutputStream(64 << 10);
      writer.write(text, metrics.registry().scrape());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, writer.getContentType());
      return text.toByteArray();
    }

    private byte[] writeLive(Request request, Response response) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaTypes.JSON);
      return HealthHandler.LIVE;
    }

    private byte[] writeReady(Request request, Response response) {
      boolean ready = readiness.isReady();
      response.setStatus(ready ? 200 : 503);
      return models("ready", ready, response);
    }

    /**
     * Opens all models again. Answers 200 if each is now the newest version, 409 if one is not, and
     * 504 if that takes too long; the reload then continues. Holds no thread while it waits.
     */
    private void reload(Response response, Callback callback) {
      watch
          .reload()
          .thenCombine(scores.reload(), (models, outputs) -> models && outputs)
          .thenApply(newest -> newest ? 200 : 409)
          .completeOnTimeout(504, reloadMillis, TimeUnit.MILLISECONDS)
          .thenAccept(
              status -> {
                response.setStatus(status);
                byte[] body = models("reloaded", status == 200, response);
                response.write(true, ByteBuffer.wrap(body), callback);
              });
    }

    /** Returns a JSON object that begins with the given member and ends with each model's state. */
    private byte[] models(String member, boolean value, Response response) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaTypes.JSON);
      return JsonText.line(
          JsonText.object(
              json -> {
                json.writeBooleanField(member, value);
                JsonText.objects(json, "models", models.all(), slot -> writeModel(slot, json));
                if (!scores.all().isEmpty()) {
                  JsonText.objects(json, "scores", scores.all(), each -> writeScores(each, json));
                }
              }));
    }

    private void writeScores(ServedOutput table, JsonGenerator json) throws IOException {
      json.writeStringField("name", table.name());
      json.writeNumberField("partitions", table.partitions().size());
      json.writeStringField("last_look_at", table.polledAt().toString());
      JsonText.objects(
          json,
          "problems",
          table.problems().entrySet(),
          problem -> {
            json.writeStringField("partition", problem.getKey());
            json.writeStringField("reason", problem.getValue());
          });
    }

    private void writeModel(ModelSlot slot, JsonGenerator json) throws IOException {
      ServedModel served = slot.current();
      json.writeStringField("name", served.name());
      JsonText.optional(json, "alias", slot.alias());
      json.writeBooleanField("ready", true);
      json.writeStringField("model_version", served.model().modelVersion());
      json.writeStringField("loaded_at", served.loaded().toString());
      json.writeStringField("last_look_at", slot.seen().toString());
      Optional<Refusal> refusal = slot.refusal();
      if (refusal.isPresent()) {
        json.writeObjectFieldStart(refusal.get().kind().word());
        json.writeStringField("location", refusal.get().location());
        json.writeStringField("reason", refusal.get().reason());
        json.writeEndObject();
      }
    }
  }

  private interface Page {
    byte[] write(Request request, Response response) throws IOException;
  }
}
