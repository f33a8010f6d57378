package io.paritree.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The values that settings are read from, each with its origin: a program's defaults, replaced by
 * the values of a file, replaced by the values of the command line. Immutable.
 */
public final class Configuration {
  private final Config config;
  private final Set<String> defaults;

  private Configuration(Config config, Set<String> defaults) {
    this.config = config;
    this.defaults = defaults;
  }

  /**
   * Returns the defaults of a program: a value for each key.
   *
   * @param program a class that has a resource {@code defaults.conf} next to it
   */
  public static Configuration defaults(Class<?> program) {
    Config defaults = ConfigFactory.parseResources(program, "defaults.conf");
    Set<String> keys =
        defaults.entrySet().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    return new Configuration(defaults, keys);
  }

  /**
   * Returns these values, replaced by the values of a HOCON file.
   *
   * @throws ConfigurationException if it cannot be read
   */
  public Configuration withFile(Path file) throws ConfigurationException {
    if (!Files.isReadable(file)) {
      throw new ConfigurationException(
          "Cannot read the configuration %s: there is no such file, or no permission"
              .formatted(file));
    }

    try {
      RegularIncludes.check(file);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot read the configuration: " + e.getMessage());
    }

    ConfigParseOptions options =
        ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new RegularIncludes(null));
    try {
      return replacedBy(ConfigFactory.parseFile(file.toFile(), options));
    } catch (ConfigException e) {
      throw new ConfigurationException("Cannot read the configuration: " + e.getMessage());
    }
  }

  /**
   * Returns these values with one replaced.
   *
   * @param option how it is given on the command line, such as {@code --port}
   * @param value a text, a list of texts or a boolean
   */
  public Configuration with(String option, String key, Object value) {
    return replacedBy(ConfigFactory.parseMap(Map.of(key, value), option));
  }

  /**
   * Returns these values with one replaced by a HOCON value. A text that is no HOCON value, such as
   * a path with a colon, is used as it is.
   *
   * @param option how it is given on the command line
   */
  public Configuration withHocon(String option, String key, String value) {
    if (value.isBlank()) { // HOCON would read it as if the key were not given
      return with(option, key, value);
    }

    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(option);
    try {
      return replacedBy(ConfigFactory.parseString(key + " = " + value, options));
    } catch (ConfigException e) {
      return with(option, key, value);
    }
  }

  private Configuration replacedBy(Config values) {
    return new Configuration(values.withFallback(config), defaults);
  }

  /**
   * Returns these values, ready to be read.
   *
   * @throws ConfigurationException if a value refers to one that does not exist
   */
  public Settings settings() throws ConfigurationException {
    try {
      return new Settings(config.resolve(), defaults);
    } catch (ConfigException e) {
      throw new ConfigurationException("Cannot use the configuration: " + e.getMessage());
    }
  }
}
