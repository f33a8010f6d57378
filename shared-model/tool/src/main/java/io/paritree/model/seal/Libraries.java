package io.paritree.model.seal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The versions of the software that seals a package, as recorded by the build. */
public final class Libraries {
  private static final String RESOURCE = "libraries.properties";
  private static final String PARITREE = "paritree";
  private static final Map<String, String> VERSIONS = load();

  private Libraries() {}

  /** Returns versions by name: {@code paritree} and {@code xgboost4j}. */
  static Map<String, String> versions() {
    return VERSIONS;
  }

  /** Returns Paritree's own version. */
  public static String paritree() {
    return VERSIONS.get(PARITREE);
  }

  private static Map<String, String> load() {
    Properties properties = new Properties();
    try (InputStream in = Libraries.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the resource " + RESOURCE, e);
    }

    Map<String, String> versions = new TreeMap<>();
    properties.forEach((name, version) -> versions.put(name.toString(), version.toString()));
    return Map.copyOf(versions);
  }
}
