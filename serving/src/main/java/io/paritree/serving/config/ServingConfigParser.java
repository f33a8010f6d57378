package io.paritree.serving.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.paritree.record.UnknownFields;
import io.paritree.serving.config.ServingConfig.Admission;
import io.paritree.serving.config.ServingConfig.Callers;
import io.paritree.serving.config.ServingConfig.Limits;
import io.paritree.serving.config.ServingConfig.Log;
import io.paritree.serving.config.ServingConfig.Management;
import io.paritree.serving.config.ServingConfig.Models;
import io.paritree.serving.config.ServingConfig.PredictionLog;
import io.paritree.serving.config.ServingConfig.Records;
import io.paritree.serving.config.ServingConfig.Security;
import io.paritree.serving.config.ServingConfig.Server;
import io.paritree.serving.config.ServingConfig.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a configuration: which keys there are, and the type and range of each.
 *
 * <p>A key that is unknown, or a value that does not parse or is out of range, stops the start with
 * a message that names the key: a mistyped limit must not silently become a default. The defaults
 * are in the jar's {@code defaults.conf}.
 */
public final class ServingConfigParser {
  private static final String DEFAULTS = "io/paritree/serving/config/defaults.conf";

  private ServingConfigParser() {}

  /**
   * Reads the defaults, then a file that overrides them, then single keys that override both.
   *
   * @param file a HOCON file; empty for the defaults alone
   * @param overrides keys such as {@code server.port}, and their values
   * @throws ConfigurationException if the file cannot be read, or if there are errors; the message
   *     names all of them
   */
  public static ServingConfig read(Optional<Path> file, Map<String, String> overrides)
      throws ConfigurationException {
    try {
      Config config =
          ConfigFactory.parseResources(ServingConfigParser.class.getClassLoader(), DEFAULTS);
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

  private static Config override(String key, String value) throws ConfigurationException {
    if (!key.matches("[a-z][a-z-]*(\\.[a-z][a-z-]*)+")) {
      throw new ConfigurationException(
          "Cannot use --set %s: the key must be like server.port".formatted(key));
    }

    if (value.isBlank()) { // HOCON would read it as if the key were not given
      return ConfigFactory.parseMap(Map.of(key, value), "--set " + key);
    }

    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription("--set " + key);
    try {
      return ConfigFactory.parseString(key + " = " + value, options);
    } catch (ConfigException e) {
      // Not a HOCON value, such as a path with a colon: used as text.
      return ConfigFactory.parseMap(Map.of(key, value), "--set " + key);
    }
  }

  private static ServingConfig of(Settings settings) throws ConfigurationException {
    ServingConfig config =
        new ServingConfig(
            server(settings),
            new Tls(
                settings.text("server.tls.key-store"),
                settings.secret("server.tls.key-store-password")),
            new Management(
                settings.text("management.host"), settings.integer("management.port", 0, 65_535)),
            new Models(
                settings.text("models.store"),
                settings.texts("models.serve"),
                settings.duration("models.poll", Duration.ZERO, Duration.ofHours(1)),
                settings.duration(
                    "models.look-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                settings.integer("models.warm-up-rows", 0, 10_000_000)),
            new Records(settings.word("records.unknown-fields", UnknownFields.class)),
            new Limits(
                settings.bytes("limits.body", 1_024, 256 << 20),
                settings.integer("limits.rows", 1, 1_000_000),
                settings.bytes("limits.header", 1_024, 1 << 20),
                settings.bytes("limits.pending-bodies", 1 << 20, 1 << 30),
                settings.bytes("limits.pending-answers", 1 << 20, 1 << 30),
                settings.bytes("limits.answer-bytes-per-second", 1, 1 << 30)),
            new Admission(
                settings.integer("admission.running", 0, 10_000),
                settings.integer("admission.waiting", 0, 1_000_000),
                settings.duration(
                    "admission.max-wait", Duration.ofMillis(1), Duration.ofMinutes(1)),
                settings.duration(
                    "admission.retry-after", Duration.ofSeconds(1), Duration.ofHours(1))),
            new Callers(
                settings.integer("callers.connections", 0, 1_000_000),
                settings.integer("callers.requests-per-second", 0, 1_000_000),
                settings.networks("callers.trusted-proxies")),
            security(settings),
            new Log(
                settings.text("log.requests"),
                settings.bytes("log.queue", 1 << 10, 1 << 30),
                settings.word("log.format", Log.Format.class)),
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
        settings.origins("security.cors-origins"),
        settings.headers("security.cors-headers"),
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
