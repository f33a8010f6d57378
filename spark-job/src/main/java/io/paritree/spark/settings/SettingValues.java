package io.paritree.spark.settings;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.input.PartitionValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads values of settings from the command line, otherwise from the configuration file.
 *
 * <p>A value that is not allowed is refused with a message that names its option or key.
 */
final class SettingValues {
  private static final long MIN_BYTES = 1L << 20;
  private static final long MAX_BYTES = 1L << 40;

  private SettingValues() {}

  static String text(String option, String given, Optional<String> configured, boolean needed)
      throws UsageException {
    String value = given != null ? given : configured.orElse("");
    if (value.isBlank() && needed) {
      throw new UsageException(
          "Missing %s: give it on the command line or in the configuration file".formatted(option));
    }

    return value;
  }

  static List<String> names(
      String option, List<String> given, Optional<List<String>> configured, boolean needed)
      throws UsageException {
    List<String> names = given != null ? given : configured.orElse(List.of());
    if (names.isEmpty() && needed) {
      throw new UsageException(
          "Missing %s: name the columns that identify a row".formatted(option));
    }

    for (String name : names) {
      if (name.isEmpty()) {
        throw new UsageException("Cannot use %s: a column without a name".formatted(option));
      }
    }

    return names;
  }

  static List<PartitionValue> values(
      String option, List<String> given, Optional<List<String>> configured) throws UsageException {
    List<PartitionValue> values = new ArrayList<>();
    for (String text : given != null ? given : configured.orElse(List.of())) {
      try {
        values.add(PartitionValue.parse(text));
      } catch (IllegalArgumentException e) {
        throw new UsageException("Cannot use %s: %s".formatted(option, e.getMessage()), e);
      }
    }

    return values;
  }

  static <E extends Enum<E>> E oneOf(
      Class<E> kinds, String option, String given, Optional<String> configured)
      throws UsageException {
    E[] all = kinds.getEnumConstants();
    String value = given != null ? given : configured.orElse("");
    if (value.isEmpty()) {
      return all[0];
    }

    List<String> names = new ArrayList<>();
    for (E kind : all) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      if (name.equals(value)) {
        return kind;
      }

      names.add(name);
    }

    throw new UsageException(
        "Cannot use %s '%s': one of %s is expected"
            .formatted(option, value, String.join(", ", names)));
  }

  static long atLeastOne(String key, long value) throws UsageException {
    if (value < 1 || value > 1_000_000_000_000L) {
      throw new UsageException(
          "Cannot use key scoring-job.%s: %s is not from 1 to 10^12".formatted(key, value));
    }

    return value;
  }

  static Duration seconds(String key, double value) throws UsageException {
    if (!(value >= 0 && value <= 86_400)) {
      throw new UsageException(
          "Cannot use key scoring-job.%s: %s is not from 0 to 86400".formatted(key, value));
    }

    return Duration.ofNanos((long) (value * 1e9));
  }

  /** Reads a number of bytes, such as {@code 128 MiB}. */
  static long bytes(String option, String given, Optional<String> configured, String byDefault)
      throws UsageException {
    String text = given != null ? given : configured.orElse(byDefault);
    long bytes;
    try {
      bytes = ConfigFactory.parseMap(Map.of("bytes", text)).getBytes("bytes");
    } catch (ConfigException e) {
      throw new UsageException(
          "Cannot use %s '%s': a size such as 128MiB is expected".formatted(option, text), e);
    }

    if (bytes < MIN_BYTES || bytes > MAX_BYTES) {
      throw new UsageException(
          "Cannot use %s '%s': a size from 1MiB to 1TiB is expected".formatted(option, text));
    }

    return bytes;
  }
}
