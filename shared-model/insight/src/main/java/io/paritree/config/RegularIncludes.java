package io.paritree.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Includes files in a configuration as HOCON says, if they are regular and not too long. Immutable.
 *
 * @param others finds what is included; null before HOCON has set it
 */
record RegularIncludes(ConfigIncluder others) implements ConfigIncluder, ConfigIncluderFile {
  private static final int MAX_BYTES = 4 << 20;

  /** What a name may lack; HOCON looks for each. */
  private static final List<String> ENDS = List.of("", ".conf", ".json", ".properties");

  /**
   * Checks a file of a configuration; one that is not there is not refused.
   *
   * @throws IOException if it cannot be read, or never would be
   */
  static void check(Path file) throws IOException {
    Location location = Location.of(file.toAbsolutePath());
    try {
      FileStore.of(location).readAtMost(location.parent(), location, MAX_BYTES);
    } catch (NoSuchFileException e) {
      // HOCON says whether it must be there
    }
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return new RegularIncludes(fallback);
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    for (String end : ENDS) {
      ConfigParseable found = context.relativeTo(what + end);
      if (found != null && found.origin().filename() != null) {
        checkIncluded(Path.of(found.origin().filename()));
      }
    }

    return others.include(context, what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    checkIncluded(what.toPath());
    return ((ConfigIncluderFile) others).includeFile(context, what);
  }

  private static void checkIncluded(Path file) {
    try {
      check(file);
    } catch (IOException e) {
      throw new ConfigException.Generic(e.getMessage());
    }
  }
}
