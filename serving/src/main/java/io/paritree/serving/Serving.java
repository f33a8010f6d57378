package io.paritree.serving;

import io.paritree.Closer;
import io.paritree.ModelException;
import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.http.Route;
import io.paritree.serving.http.ScoringServer;
import io.paritree.serving.insight.runs.OutcomesHandler;
import io.paritree.serving.insight.runs.RequestDriftHandler;
import io.paritree.serving.insight.runs.RunsHandler;
import io.paritree.serving.insight.runs.StoredDriftHandler;
import io.paritree.serving.insight.sweep.SweepHandler;
import io.paritree.serving.log.Logs;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.lookup.AuditHandler;
import io.paritree.serving.lookup.CompareHandler;
import io.paritree.serving.lookup.KeysHandler;
import io.paritree.serving.lookup.OutputsHandler;
import io.paritree.serving.lookup.RowHandler;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.RequestMinutes;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.metrics.StoreWaits;
import io.paritree.serving.mlflow.InvocationsHandler;
import io.paritree.serving.models.ModelMetrics;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.RequestProfiles;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.models.StoredVersions;
import io.paritree.serving.models.VersionWatch;
import io.paritree.serving.openapi.OpenApi;
import io.paritree.serving.openinference.InferenceHandler;
import io.paritree.serving.openinference.MetadataHandler;
import io.paritree.serving.page.PageFiles;
import io.paritree.serving.request.ScoringParts;
import io.paritree.serving.scoring.ContractHandler;
import io.paritree.serving.scoring.ModelsHandler;
import io.paritree.serving.scoring.ScoreBatchHandler;
import io.paritree.serving.scoring.ScoreHandler;
import io.paritree.serving.scoring.ShadowHandler;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Models, the callers' port and the operator's port, started and stopped together. */
final class Serving implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

  private final Models models;
  private final ScoringServer server;
  private final ManagementServer management;
  private final Closer closer;

  private Serving(Models models, ScoringServer server, ManagementServer management, Closer closer) {
    this.models = models;
    this.server = server;
    this.management = management;
    this.closer = closer;
  }

  /**
   * Opens the models and starts listening, both at the same time; the server is ready when this
   * method returns.
   *
   * @throws ConfigurationException if no model is configured, no path would lead to one of them, or
   *     the system does not allow what the limits do
   * @throws ModelException if a model is corrupt or not supported
   * @throws IOException if a model cannot be read, a log cannot be written, or a port cannot be
   *     listened on
   */
  static Serving start(ServingConfig config)
      throws ConfigurationException, ModelException, IOException {
    if (config.models().serve().isEmpty()) {
      throw new ConfigurationException(
          "Cannot serve: no model is named; give --model NAME|PATH, or set models.serve");
    }

    SystemLimits.checkFiles(config, 0);
    try (Closer opened = new Closer()) {
      return start(config, opened);
    }
  }

  private static Serving start(ServingConfig config, Closer opened)
      throws ConfigurationException, ModelException, IOException {
    Logs logs = Logs.open(config);
    opened.register(logs::close);
    ServerMetrics metrics = new ServerMetrics();
    StoredScores scores =
        new StoredScores(config.scores(), SystemLimits.filesOfIndexes(config), metrics);
    opened.register(scores::close);
    SystemLimits.checkFiles(config, scores.openFiles());
    logs.measure(metrics);
    Readiness readiness = new Readiness(metrics);
    Models models = new Models();
    ModelMetrics.register(models, config.models().poll(), metrics.registry());
    Models.Loading loading = models.open(config, metrics); // continues while the ports are opened
    VersionWatch watch =
        new VersionWatch(models, config.models().poll(), config.models().lookTimeout());
    RequestMinutes minutes =
        new RequestMinutes(metrics, ServiceHandler::isCounted, InstantSource.system());
    RequestProfiles profiles = new RequestProfiles(models, InstantSource.system());
    opened.register(profiles::close);
    ManagementServer management =
        new ManagementServer(config, models, scores, metrics, readiness, watch, minutes);
    opened.register(management::close);
    List<Route> routes =
        routes(config, models, scores, metrics, readiness, logs.predictions(), minutes);
    ScoringServer server = new ScoringServer(config, routes, metrics, readiness, logs.requests());
    opened.register(server::close);
    loading.await();
    SystemLimits.checkHeap(config);
    for (ModelSlot slot : models.all()) {
      ServedModel served = slot.current();
      LOG.info(
          "Serving {} ({}), digest {}",
          served.model().modelVersion(),
          served.model().sealed() ? "sealed" : "unsealed: nothing vouches for it",
          served.model().digest());
    }

    for (String field : config.predictionLog().redact()) {
      if (models.all().stream().noneMatch(slot -> slot.current().reads(field))) {
        LOG.warn("prediction-log.redact names '{}', which no model in service reads", field);
      }
    }

    for (ServedOutput output : scores.all()) {
      LOG.info("Scores {}: {} partitions", output.name(), output.partitions().size());
    }

    watch.begin();
    opened.register(watch::close);
    models.shadows().begin();
    opened.register(models.shadows()::close);
    scores.begin();
    profiles.begin();
    readiness.begin();
    LOG.info(
        "Ready: {}://{}/v1/models, metrics http://{}/metrics",
        config.tls().on() ? "https" : "http",
        address(config.server().host(), server.port()),
        address(config.management().host(), management.port()));
    metrics.watchJvm(); // takes a while; no caller waits for it
    return new Serving(models, server, management, opened.release());
  }

  /** Returns a host and a port as URLs have them. */
  static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Returns every endpoint of the callers' port. */
  static List<Route> routes(
      ServingConfig config,
      Models models,
      StoredScores scores,
      ServerMetrics metrics,
      Readiness readiness,
      PredictionLog predictions,
      RequestMinutes minutes) {
    OutputsHandler outputs = new OutputsHandler(scores, config);
    RowHandler rows = new RowHandler(scores, config.limits());
    StoreWaits waits = new StoreWaits(config.admission().permits());
    RunsHandler runs = new RunsHandler(scores, config, waits);
    KeysHandler keys = new KeysHandler(scores, config.limits());
    ScoringParts parts = new ScoringParts(models, config.limits(), metrics, predictions);
    CompareHandler compare =
        new CompareHandler(
            scores,
            parts,
            new StoredVersions(models, config.records().unknownFields(), metrics, waits));
    AuditHandler audits = new AuditHandler(scores, config.servesPage(), runs::audit);
    ScoreHandler score = new ScoreHandler(parts);
    ScoreBatchHandler scoreBatch = new ScoreBatchHandler(parts);
    SweepHandler sweep = new SweepHandler(parts);
    ModelsHandler cards = new ModelsHandler(models);
    ServiceHandler service = new ServiceHandler(models, scores, readiness, metrics, minutes);
    ContractHandler contracts = new ContractHandler(models);
    ShadowHandler shadows = new ShadowHandler(models);
    RequestDriftHandler drift = new RequestDriftHandler(models, runs::newest);
    StoredDriftHandler storedDrift = new StoredDriftHandler(runs, drift::reference);
    OutcomesHandler outcomes = new OutcomesHandler(runs);
    HealthHandler health = new HealthHandler(models, readiness);
    InvocationsHandler invocations = new InvocationsHandler(parts);
    InferenceHandler inference = new InferenceHandler(parts);
    MetadataHandler metadata = new MetadataHandler(models, readiness);
    OpenApi contract = new OpenApi(models, scores, config);
    List<Route> all =
        List.of( // Javalin compares a path with each in this order
            Route.get("/v1/scores/{table}/row", rows::row),
            Route.get("/v1/scores/{table}/runs", runs::list),
            Route.get("/v1/scores/{table}/runs/{run}", runs::run),
            Route.get("/v1/scores/{table}/runs/{run}/comparison", runs::comparison),
            Route.get("/v1/scores/{table}/drift", storedDrift::handle),
            Route.get("/v1/scores/{table}/outcomes", outcomes::handle),
            Route.get("/v1/scores/{table}/{key}", rows::row),
            Route.get("/openapi.json", contract::handle),
            Route.post("/v1/models/{name}/score", score::handle),
            Route.post("/v1/models/{name}/versions/{version}/score", score::handle),
            Route.post("/v1/models/{name}/score-batch", scoreBatch::handle),
            Route.post("/v1/models/{name}/versions/{version}/score-batch", scoreBatch::handle),
            Route.post("/v1/models/{name}/sweep", sweep::handle),
            Route.post("/v1/models/{name}/versions/{version}/sweep", sweep::handle),
            Route.get("/v1/models", cards::list),
            Route.get("/v1/models/{name}", cards::card),
            Route.get("/v1/models/{name}/versions/{version}", cards::card),
            Route.get("/v1/service", service::service),
            Route.get("/v1/models/{name}/contract", contracts::handle),
            Route.get("/v1/models/{name}/versions/{version}/contract", contracts::handle),
            Route.get("/v1/models/{name}/drift", drift::handle),
            Route.get("/v1/models/{name}/versions/{version}/drift", drift::handle),
            Route.get("/v1/models/{name}/shadow", shadows::handle),
            Route.get("/v1/models/{name}/versions/{version}/shadow", shadows::handle),
            Route.get("/v1/scores", outputs::list),
            Route.get("/v1/scores/{table}", outputs::output),
            Route.post("/v1/scores/{table}/lookup", keys::handle),
            Route.post("/v1/scores/{table}/row/compare", compare::handle),
            Route.post("/v1/scores/{table}/{key}/compare", compare::handle),
            Route.get("/v1/scores/{table}/row/audit", audits::handle),
            Route.get("/v1/scores/{table}/{key}/audit", audits::handle),
            Route.get("/v1/scores/{table}/row/history", rows::history),
            Route.get("/v1/scores/{table}/{key}/history", rows::history),
            Route.post("/v2/models/{name}/infer", inference::infer),
            Route.post("/v2/models/{name}/versions/{version}/infer", inference::infer),
            Route.get("/v2", MetadataHandler::server),
            Route.get("/v2/health/live", health::live),
            Route.get("/v2/health/ready", metadata::ready),
            Route.get("/v2/models", metadata::list),
            Route.get("/v2/models/{name}", metadata::metadata),
            Route.get("/v2/models/{name}/versions/{version}", metadata::metadata),
            Route.get("/v2/models/{name}/ready", metadata::modelReady),
            Route.get("/v2/models/{name}/versions/{version}/ready", metadata::modelReady),
            Route.post("/invocations", invocations::handle),
            Route.get("/ping", health::ping),
            Route.get("/health", health::ping),
            Route.get("/version", InvocationsHandler::version),
            Route.get("/health/live", health::live),
            Route.get("/health/ready", health::ready));
    if (!config.servesPage()) {
      return all;
    }

    PageFiles page = new PageFiles();
    return Stream.concat(
            all.stream(),
            Stream.of(
                Route.get(PageFiles.ROOT, page::page),
                Route.get(PageFiles.ROOT + "/{file}", page::file)))
        .toList();
  }

  List<String> names() {
    return models.names();
  }

  int port() {
    return server.port();
  }

  int managementPort() {
    return management.port();
  }

  /** Answers the accepted requests, until the stop timeout is over, and stops. */
  @Override
  public void close() {
    LOG.info("Stopping");
    try {
      closer.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot stop: " + e.getMessage(), e);
    }

    LOG.info("Stopped");
  }
}
