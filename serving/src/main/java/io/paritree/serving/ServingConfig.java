package io.paritree.serving;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.paritree.record.UnknownFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the server is set up; each component is one key of {@code conf/serving.conf}.
 *
 * <p>Read once at the start and never changed. A key that is unknown, or a value that does not
 * parse or is out of range, stops the start with a message that names the key: a mistyped limit
 * must not become a default in silence. The defaults stand in the jar's {@code defaults.conf}.
 */
record ServingConfig(
    Server server,
    Management management,
    Models models,
    Records records,
    Limits limits,
    Admission admission,
    Security security,
    Log log,
    PredictionLog predictionLog) {
  private static final String OFF = "off";
  private static final String DEFAULTS = "io/paritree/serving/defaults.conf";

  /**
   * Where and how the server listens.
   *
   * @param host address to listen on; {@code 127.0.0.1} unless set, so nothing is exposed
   * @param port TCP port; 0 takes any free one
   * @param threads worker threads; 0 for four per core
   * @param maxConnections open connections; more wait in the system's backlog
   * @param idleTimeout a connection without traffic is closed after this
   * @param requestTimeout a request that has not arrived whole after this is refused and its
   *     connection closed
   * @param drainDelay time between "not ready" and the end of listening, when stopping
   * @param stopTimeout how long a stopping server waits for requests in flight
   */
  record Server(
      String host,
      int port,
      int threads,
      int maxConnections,
      Duration idleTimeout,
      Duration requestTimeout,
      Duration drainDelay,
      Duration stopTimeout) {

    /** Returns the number of worker threads, chosen by the number of cores if none is set. */
    int workers() {
      return threads > 0 ? threads : 4 * Runtime.getRuntime().availableProcessors();
    }
  }

  /**
   * Where metrics and health are read.
   *
   * @param host address to listen on
   * @param port TCP port; 0 takes any free one
   */
  record Management(String host, int port) {}

  /**
   * What is served.
   *
   * @param store directory of models; a plain name in {@code serve} is looked up there
   * @param serve references of the models to serve, at least one
   * @param poll how often aliases are looked up anew; 0 for never
   * @param warmUpRows made-up rows that each model scores before the server is ready
   */
  record Models(String store, List<String> serve, Duration poll, int warmUpRows) {}

  /**
   * How records are read.
   *
   * @param unknownFields what becomes of a field that no feature reads
   */
  record Records(UnknownFields unknownFields) {}

  /**
   * How large a request may be; a larger one is refused.
   *
   * @param body bytes of a body
   * @param rows records in one request
   * @param header bytes of the request line and the headers
   * @param pendingBodies bytes of all bodies that are still arriving, and of those that wait for
   *     their turn; past it, 503
   * @param pendingAnswers bytes of all answers that wait for slow readers; past it, 503
   */
  record Limits(int body, int rows, int header, int pendingBodies, int pendingAnswers) {}

  /**
   * How many requests are worked on.
   *
   * @param running most requests scored at once; 0 for two per core
   * @param waiting most requests that wait for their turn; one more is answered 503
   * @param maxWait longest wait; after it, 503
   * @param retryAfter what a 503 asks the caller to wait; whole seconds
   */
  record Admission(int running, int waiting, Duration maxWait, Duration retryAfter) {

    /** Returns how many requests are scored at once, by the number of cores if none is set. */
    int permits() {
      return running > 0 ? running : 2 * Runtime.getRuntime().availableProcessors();
    }
  }

  /**
   * Who may call.
   *
   * @param scoreTokens SHA-256 of each bearer token that may score, in hexadecimal digits; none if
   *     everybody may
   * @param adminTokens the same for the admin endpoints; none if there are no such endpoints
   * @param corsOrigins origins whose pages may call, such as {@code https://dashboard.example}
   * @param openBeyondLoopback whether to listen beyond this machine without tokens
   */
  record Security(
      List<String> scoreTokens,
      List<String> adminTokens,
      List<String> corsOrigins,
      boolean openBeyondLoopback) {}

  /**
   * What is written down.
   *
   * @param requests where one JSON line per request goes: {@code off}, {@code stdout} or a file
   * @param queue most bytes of lines that wait to be written; more are dropped and counted
   */
  record Log(String requests, int queue) {}

  /**
   * What is written down of each scored row.
   *
   * @param file where one JSON line per row goes: {@code off} or a file
   * @param fileSize bytes after which a file is set aside
   * @param totalSize most bytes of all files
   * @param keep how long a file is kept after its last line
   * @param queue most bytes of rows that wait to be written; more are dropped and counted
   */
  record PredictionLog(String file, long fileSize, long totalSize, Duration keep, int queue) {}

  /**
   * Reads the defaults, a file over them, and single keys over both.
   *
   * @param file a HOCON file; empty for the defaults alone
   * @param overrides keys such as {@code server.port}, and their values
   * @throws ConfigurationException if the file cannot be read, or naming all that is wrong in it
   */
  static ServingConfig read(Optional<Path> file, Map<String, String> overrides)
      throws ConfigurationException {
    try {
      Config config = ConfigFactory.parseResources(ServingConfig.class.getClassLoader(), DEFAULTS);
      if (file.isPresent()) {
        if (!Files.isReadable(file.get())) {
          throw new ConfigurationException(
              "Cannot read the configuration %s: there is no such file, or no permission"
                  .formatted(file.get()));
        }

        ConfigParseOptions options = ConfigParseOptions.defaults().setAllowMissing(false);
        config = ConfigFactory.parseFile(file.get().toFile(), options).withFallback(config);
      }

      for (Map.Entry<String, String> entry : overrides.entrySet()) {
        config = override(entry.getKey(), entry.getValue()).withFallback(config);
      }

      return of(new Settings(config.resolve()));
    } catch (ConfigException e) {
      throw new ConfigurationException("Cannot use the configuration: " + e.getMessage());
    }
  }

  /** Returns this configuration with other models to serve, if any are named. */
  ServingConfig serving(List<String> references) {
    return references.isEmpty()
        ? this
        : new ServingConfig(
            server,
            management,
            new Models(models.store(), List.copyOf(references), models.poll(), models.warmUpRows()),
            records,
            limits,
            admission,
            security,
            log,
            predictionLog);
  }

  /** Returns this configuration on free ports of this machine, and without logs. */
  ServingConfig onFreePorts() {
    String loopback = "127.0.0.1";
    return new ServingConfig(
        new Server(
            loopback,
            0,
            server.threads(),
            server.maxConnections(),
            server.idleTimeout(),
            server.requestTimeout(),
            Duration.ZERO,
            server.stopTimeout()),
        new Management(loopback, 0),
        models,
        records,
        limits,
        admission,
        security,
        new Log(OFF, log.queue()),
        new PredictionLog(
            OFF,
            predictionLog.fileSize(),
            predictionLog.totalSize(),
            predictionLog.keep(),
            predictionLog.queue()));
  }

  private static Config override(String key, String value) throws ConfigurationException {
    if (!key.matches("[a-z][a-z-]*(\\.[a-z][a-z-]*)+")) {
      throw new ConfigurationException(
          "Cannot use --set %s: the key must be like server.port".formatted(key));
    }

    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription("--set " + key);
    try {
      return ConfigFactory.parseString(key + " = " + value, options);
    } catch (ConfigException e) {
      // No HOCON value, such as a path with a colon: taken as text.
      return ConfigFactory.parseMap(Map.of(key, value), "--set " + key);
    }
  }

  private static ServingConfig of(Settings settings) throws ConfigurationException {
    ServingConfig config =
        new ServingConfig(
            server(settings),
            new Management(
                settings.text("management.host"), settings.integer("management.port", 0, 65_535)),
            new Models(
                settings.text("models.store"),
                settings.texts("models.serve"),
                settings.duration("models.poll", Duration.ZERO, Duration.ofHours(1)),
                settings.integer("models.warm-up-rows", 0, 10_000_000)),
            new Records(settings.word("records.unknown-fields", UnknownFields.class)),
            new Limits(
                settings.bytes("limits.body", 1_024, 256 << 20),
                settings.integer("limits.rows", 1, 1_000_000),
                settings.bytes("limits.header", 1_024, 1 << 20),
                settings.bytes("limits.pending-bodies", 1 << 20, 1 << 30),
                settings.bytes("limits.pending-answers", 1 << 20, 1 << 30)),
            new Admission(
                settings.integer("admission.running", 0, 10_000),
                settings.integer("admission.waiting", 0, 1_000_000),
                settings.duration(
                    "admission.max-wait", Duration.ofMillis(1), Duration.ofMinutes(1)),
                settings.duration(
                    "admission.retry-after", Duration.ofSeconds(1), Duration.ofHours(1))),
            security(settings),
            new Log(settings.text("log.requests"), settings.bytes("log.queue", 1 << 10, 1 << 30)),
            predictionLog(settings));
    Exposure.check(config, settings);
    settings.finish();
    return config;
  }

  private static PredictionLog predictionLog(Settings settings) {
    PredictionLog log =
        new PredictionLog(
            settings.text("prediction-log.file"),
            settings.size("prediction-log.file-size", 1 << 20, 1L << 40),
            settings.size("prediction-log.total-size", 1 << 20, 1L << 50),
            settings.duration("prediction-log.keep", Duration.ofHours(1), Duration.ofDays(3_650)),
            settings.bytes("prediction-log.queue", 1 << 20, 1 << 30));
    if (log.fileSize() > log.totalSize()) {
      settings.problem(
          "prediction-log.total-size must be at least prediction-log.file-size (%s bytes)"
              .formatted(log.fileSize()));
    }

    return log;
  }

  private static Security security(Settings settings) {
    return new Security(
        settings.hashes("security.score-tokens"),
        settings.hashes("security.admin-tokens"),
        settings.texts("security.cors-origins"),
        settings.truth("security.open-beyond-loopback"));
  }

  private static Server server(Settings settings) {
    Duration second = Duration.ofSeconds(1);
    return new Server(
        settings.text("server.host"),
        settings.integer("server.port", 0, 65_535),
        settings.integer("server.threads", 0, 1_000),
        settings.integer("server.max-connections", 1, 1_000_000),
        settings.duration("server.idle-timeout", second, Duration.ofHours(1)),
        settings.duration("server.request-timeout", second, Duration.ofMinutes(10)),
        settings.duration("server.drain-delay", Duration.ZERO, Duration.ofMinutes(10)),
        settings.duration("server.stop-timeout", Duration.ofMillis(100), Duration.ofMinutes(10)));
  }
}
