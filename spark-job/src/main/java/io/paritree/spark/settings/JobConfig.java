package io.paritree.spark.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import io.paritree.spark.ending.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of {@code conf/scoring-job.conf}: a closed, typed set.
 *
 * <p>A key that is unknown, or a value of the wrong type, stops the run with a message that names
 * it: a mistyped limit must not silently become a default.
 */
final class JobConfig {
  private static final String ROOT = "scoring-job";

  /** All keys, each with the kind of its value. */
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("model", "text"),
          Map.entry("input", "text"),
          Map.entry("input-format", "text"),
          Map.entry("partitions", "list"),
          Map.entry("group-by", "text"),
          Map.entry("skip-missing", "truth"),
          Map.entry("output", "text"),
          Map.entry("state-directory", "text"),
          Map.entry("keys", "list"),
          Map.entry("output-partition", "list"),
          Map.entry("pass", "list"),
          Map.entry("ignore-case", "truth"),
          Map.entry("unique-keys", "truth"),
          Map.entry("count-duplicates", "truth"),
          Map.entry("margin", "truth"),
          Map.entry("engine", "text"),
          Map.entry("max-quarantined", "number"),
          Map.entry("accept-non-atomic", "truth"),
          Map.entry("rows-per-file", "whole"),
          Map.entry("file-size", "text"),
          Map.entry("sort-by-keys", "truth"),
          Map.entry("kept-runs", "whole"),
          Map.entry("metrics-file", "text"),
          Map.entry("progress-seconds", "number"),
          Map.entry("lock-beat-seconds", "number"),
          Map.entry("lock-stale-seconds", "number"));

  private final Config config;
  private final String origin;

  private JobConfig(Config config, String origin) {
    this.config = config;
    this.origin = origin;
  }

  /** Returns a configuration that sets nothing. */
  static JobConfig none() {
    return new JobConfig(ConfigFactory.empty(), "");
  }

  /** Returns all known keys, without the root. */
  static Set<String> keys() {
    return new TreeSet<>(KEYS.keySet());
  }

  /**
   * Reads a file.
   *
   * @throws UsageException if it cannot be read, or holds an unknown key or a value of a wrong type
   */
  static JobConfig read(Path file) throws UsageException {
    Config all;
    try {
      all =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve(ConfigResolveOptions.defaults());
    } catch (ConfigException e) {
      throw new UsageException(
          "Cannot read configuration %s: %s".formatted(file, e.getMessage()), e);
    }

    List<String> unknown = new ArrayList<>();
    all.entrySet()
        .forEach(
            entry -> {
              List<String> path = ConfigUtil.splitPath(entry.getKey());
              boolean known =
                  path.size() == 2 && path.get(0).equals(ROOT) && KEYS.containsKey(path.get(1));
              if (!known) {
                unknown.add(entry.getKey());
              }
            });
    if (!unknown.isEmpty()) {
      throw new UsageException(
          "Cannot use configuration %s: unknown keys %s; known are %s"
              .formatted(
                  file,
                  new TreeSet<>(unknown),
                  keys().stream().map(key -> ROOT + "." + key).toList()));
    }

    JobConfig config =
        new JobConfig(
            all.hasPath(ROOT) ? all.getConfig(ROOT) : ConfigFactory.empty(), file.toString());
    config.checkTypes();
    return config;
  }

  private void checkTypes() throws UsageException {
    for (String key : keys()) {
      switch (KEYS.get(key)) {
        case "text" -> text(key);
        case "list" -> list(key);
        case "truth" -> truth(key);
        case "whole" -> whole(key);
        default -> number(key);
      }
    }
  }

  Optional<String> text(String key) throws UsageException {
    return value(key, () -> config.getString(key));
  }

  Optional<List<String>> list(String key) throws UsageException {
    return value(key, () -> config.getStringList(key));
  }

  Optional<Boolean> truth(String key) throws UsageException {
    return value(key, () -> config.getBoolean(key));
  }

  Optional<Double> number(String key) throws UsageException {
    return value(key, () -> config.getDouble(key));
  }

  Optional<Long> whole(String key) throws UsageException {
    return value(key, () -> config.getLong(key));
  }

  private interface Reading<T> {
    T read();
  }

  private <T> Optional<T> value(String key, Reading<T> reading) throws UsageException {
    if (!KEYS.containsKey(key)) {
      throw new IllegalArgumentException("Cannot read key '%s': it is not declared".formatted(key));
    }

    if (!config.hasPath(key)) {
      return Optional.empty();
    }

    try {
      return Optional.of(reading.read());
    } catch (ConfigException e) {
      throw new UsageException(
          "Cannot use key %s.%s of %s: %s".formatted(ROOT, key, origin, e.getMessage()), e);
    }
  }
}
