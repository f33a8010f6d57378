package io.paritree.serving.config;

import io.paritree.config.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configurations of servers that tests start. */
public final class TestConfig {
  private TestConfig() {}

  /** Reads settings as {@link ServingConfigParser} does, without stored scores. */
  public static ServingConfig read(
      Optional<Path> file, Map<String, String> overrides, String... models)
      throws ConfigurationException {
    return ServingConfigParser.read(file, overrides, Map.of(), List.of(models));
  }
}
