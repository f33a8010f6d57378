package io.paritree.serving.config;

import io.paritree.Fault;
import io.paritree.config.Configuration;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.record.UnknownFields;
import io.paritree.serving.config.ServingConfig.Admission;
import io.paritree.serving.config.ServingConfig.Callers;
import io.paritree.serving.config.ServingConfig.Limits;
import io.paritree.serving.config.ServingConfig.Log;
import io.paritree.serving.config.ServingConfig.Management;
import io.paritree.serving.config.ServingConfig.Models;
import io.paritree.serving.config.ServingConfig.Page;
import io.paritree.serving.config.ServingConfig.PredictionLog;
import io.paritree.serving.config.ServingConfig.Profile;
import io.paritree.serving.config.ServingConfig.Records;
import io.paritree.serving.config.ServingConfig.Scores;
import io.paritree.serving.config.ServingConfig.ScoresOutput;
import io.paritree.serving.config.ServingConfig.Security;
import io.paritree.serving.config.ServingConfig.Server;
import io.paritree.serving.config.ServingConfig.Shadowed;
import io.paritree.serving.config.ServingConfig.Tls;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the settings of the server: which keys there are, and the type and range of each. The
 * defaults are in {@code defaults.conf}.
 */
public final class ServingConfigParser {
  private static final Pattern NETWORK =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)(?:/(\\d{1,3}))?");

  private static final String TABLE = "[A-Za-z0-9_-]{1,64}";
  private static final int KEPT_PARTITIONS = 30;

  /** What cannot be the name of an output, since it is a setting of all. */
  private static final Set<String> SCORES_SETTINGS =
      Set.of(
          "poll",
          "start-timeout",
          "look-timeout",
          "index-directory",
          "index-size",
          "stale",
          "numbers");

  private ServingConfigParser() {}

  /**
   * Reads the defaults, then a file that overrides them, then single keys that override both.
   *
   * @param file a HOCON file; empty for the defaults alone
   * @param overrides keys such as {@code server.port}, and their values
   * @param scores outputs whose scores are served, by their names
   * @param models the models that are served in place of {@code models.serve}, if any is given
   * @throws ConfigurationException if the file cannot be read, or if there are errors; the message
   *     names all of them
   */
  public static ServingConfig read(
      Optional<Path> file,
      Map<String, String> overrides,
      Map<String, String> scores,
      List<String> models)
      throws ConfigurationException {
    Configuration configuration = Configuration.defaults(ServingConfigParser.class);
    if (file.isPresent()) {
      configuration = configuration.withFile(file.get());
    }

    for (Map.Entry<String, String> override : overrides.entrySet()) {
      String key = override.getKey();
      if (!key.matches("[a-z][a-z-]*(\\.[a-z][a-z-]*)+")) {
        throw new ConfigurationException(
            "Cannot use --set %s: the key must be like server.port".formatted(key));
      }

      configuration = configuration.withHocon("--set " + key, key, override.getValue());
    }

    for (Map.Entry<String, String> table : scores.entrySet()) {
      if (!table.getKey().matches(TABLE)) {
        throw new ConfigurationException(
            "Cannot use --scores %s: expected NAME=DIR, and letters, digits, _ and - in the name"
                .formatted(Fault.printable(table.getKey())));
      }

      configuration =
          configuration.with("--scores", "scores." + table.getKey() + ".output", table.getValue());
    }

    if (!models.isEmpty()) {
      configuration = configuration.with("--model", "models.serve", models);
    }

    return of(configuration.settings());
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
            models(settings),
            scores(settings),
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
                settings.texts(
                    "callers.trusted-proxies",
                    "IP addresses or networks, such as \"10.0.0.0/8\"",
                    ServingConfigParser::isNetwork)),
            security(settings),
            new Log(
                settings.text("log.requests"),
                settings.bytes("log.queue", 1 << 10, 1 << 30),
                settings.word("log.format", Log.Format.class),
                settings.truth("log.keys")),
            predictionLog(settings),
            new Page(
                settings.word("page.mode", Page.Mode.class),
                settings.truth("page.quarantine-examples")),
            new Profile(
                settings.word("profile.mode", Profile.Mode.class),
                settings.integer("profile.impact-rows", 0, 1_000_000)));
    Exposure.check(config, settings);
    settings.finish();
    return config;
  }

  private static Models models(Settings settings) {
    List<Shadowed> shadow =
        settings
            .texts(
                "models.shadow",
                "MODEL=CHALLENGER, such as \"credit=credit@challenger\"",
                text -> text.matches(Shadowed.FORM))
            .stream()
            .filter(text -> text.matches(Shadowed.FORM))
            .map(Shadowed::of)
            .toList();
    if (shadow.stream().map(Shadowed::address).distinct().count() < shadow.size()) {
      settings.problem("models.shadow has a model twice: expected one challenger of each");
    }

    return new Models(
        settings.text("models.store"),
        settings.texts("models.serve"),
        settings.duration("models.poll", Duration.ZERO, Duration.ofHours(1)),
        settings.duration("models.look-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        settings.integer("models.warm-up-rows", 0, 10_000_000),
        shadow,
        settings.bytes("models.shadow-queue", 1 << 16, 1 << 30),
        settings.integer("models.shadow-movers", 0, 1_000));
  }

  private static Scores scores(Settings settings) {
    Map<String, ScoresOutput> tables = new TreeMap<>();
    for (String name : settings.groups("scores")) {
      String key = "scores." + name;
      if (SCORES_SETTINGS.contains(name)) {
        continue;
      }

      if (!name.matches(TABLE)) {
        settings.problem(
            "scores.%s cannot be a name in a path: expected letters, digits, _ and -, at most 64"
                .formatted(Fault.printable(name)));
        continue;
      }

      tables.put(
          name,
          new ScoresOutput(
              settings.text(key + ".output"),
              settings.has(key + ".keep-partitions")
                  ? settings.integer(key + ".keep-partitions", 1, 10_000)
                  : KEPT_PARTITIONS));
    }

    return new Scores(
        tables,
        settings.duration("scores.poll", Duration.ZERO, Duration.ofHours(1)),
        settings.duration("scores.start-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        settings.duration("scores.look-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        settings.text("scores.index-directory"),
        settings.size("scores.index-size", 1 << 20, 1L << 50),
        settings.word("scores.stale", Scores.Stale.class),
        settings.word("scores.numbers", Scores.Numbers.class));
  }

  private static PredictionLog predictionLog(Settings settings) {
    PredictionLog log =
        new PredictionLog(
            settings.text("prediction-log.file"),
            settings.size("prediction-log.file-size", 1 << 20, 1L << 40),
            settings.size("prediction-log.total-size", 1 << 20, 1L << 50),
            settings.duration("prediction-log.keep", Duration.ofHours(1), Duration.ofDays(3_650)),
            settings.bytes("prediction-log.queue", 1 << 20, 1 << 30),
            settings.truth("prediction-log.records"),
            new LinkedHashSet<>(
                settings.texts(
                    "prediction-log.redact", "names of fields", name -> !name.isEmpty())));
    if (log.fileSize() > log.totalSize()) {
      settings.problem(
          "prediction-log.total-size must be at least prediction-log.file-size (%s bytes)"
              .formatted(log.fileSize()));
    }

    return log;
  }

  private static Security security(Settings settings) {
    return new Security(
        digests(settings, "security.score-tokens"),
        digests(settings, "security.admin-tokens"),
        settings.texts(
            "security.cors-origins",
            "whole origins such as \"https://dashboard.example\", without a slash at the end and"
                + " without *",
            origin -> origin.matches("[a-z]+://[^/*?#@\\s]+")),
        settings.texts(
            "security.cors-headers",
            "names of headers such as \"Content-Type\"",
            header -> header.matches("[A-Za-z0-9-]{1,64}")),
        settings.texts(
            "security.hosts",
            "names of hosts such as \"scores.example\", without a port and without a dot at the end",
            host -> host.matches("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*")),
        settings.truth("security.open-beyond-loopback"));
  }

  /** Reads digests of tokens, each possibly after a name. A wrong one might be a token itself. */
  private static List<String> digests(Settings settings, String key) {
    return settings.secrets(
        key,
        "SHA-256 digests of tokens, 64 hexadecimal digits each, or NAME:DIGEST; make one with printf"
            + " %s \"$TOKEN\" | sha256sum",
        digest -> digest.matches("([A-Za-z0-9._-]{1,64}:)?[0-9a-f]{64}"));
  }

  /** Returns whether a text is an IP address, alone or with the length of its network. */
  private static boolean isNetwork(String text) {
    Matcher matcher = NETWORK.matcher(text);
    if (!matcher.matches()) {
      return false;
    }

    try {
      byte[] address = InetAddress.getByName(matcher.group(1)).getAddress(); // looks up no name
      int all = 8 * address.length;
      int bits = matcher.group(2) == null ? all : Integer.parseInt(matcher.group(2));
      BigInteger host = new BigInteger(1, address);
      return bits <= all && (host.signum() == 0 || host.getLowestSetBit() >= all - bits);
    } catch (UnknownHostException e) {
      return false;
    }
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
