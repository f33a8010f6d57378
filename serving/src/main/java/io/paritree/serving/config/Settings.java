package io.paritree.serving.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import io.paritree.Fault;
import io.paritree.feature.NearestName;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration tree that is read once, key by key, with a type and a range for each.
 *
 * <p>Collects all errors, including unknown keys, so that one start shows all of them. Not
 * thread-safe.
 */
final class Settings {
  private static final Pattern NETWORK =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)(?:/(\\d{1,3}))?");

  private final Config config;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param config resolved, with a value for each key that will be read
   */
  Settings(Config config) {
    this.config = config;
  }

  /** Returns a text that is not empty. */
  String text(String key) {
    String text = read(key, "a text", "-", config::getString);
    return within(key, text, !text.isBlank(), "a text");
  }

  /** Returns a text that may be empty, and that no message shows. */
  String secret(String key) {
    known.add(key);
    try {
      return config.getString(key);
    } catch (ConfigException e) {
      problems.add("%s must be a text".formatted(key));
      return "";
    }
  }

  /** Returns a list of texts. */
  List<String> texts(String key) {
    return read(key, "a list of texts", List.of(), config::getStringList);
  }

  /** Returns a list of origins, as browsers send them. */
  List<String> origins(String key) {
    List<String> origins = texts(key);
    boolean all = origins.stream().allMatch(origin -> origin.matches("[a-z]+://[^/*?#@\\s]+"));
    String expected =
        "a list of whole origins such as \"https://dashboard.example\", without a slash at the end"
            + " and without *";
    return within(key, origins, all, expected);
  }

  /** Returns a list of IP addresses, each alone or with the length of its network. */
  List<String> networks(String key) {
    List<String> networks = texts(key);
    String expected = "a list of IP addresses or networks, such as \"10.0.0.0/8\"";
    return within(key, networks, networks.stream().allMatch(Settings::isNetwork), expected);
  }

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

  /** Returns a list of names of headers. */
  List<String> headers(String key) {
    List<String> headers = texts(key);
    boolean all = headers.stream().allMatch(header -> header.matches("[A-Za-z0-9-]{1,64}"));
    return within(key, headers, all, "a list of names of headers such as \"Content-Type\"");
  }

  /** Returns a list of SHA-256 digests in hexadecimal digits, each possibly after a name. */
  List<String> hashes(String key) {
    List<String> hashes = texts(key);
    // The value itself is not shown: it might be a token.
    if (!hashes.stream().allMatch(hash -> hash.matches("([A-Za-z0-9._-]{1,64}:)?[0-9a-f]{64}"))) {
      problems.add(
          "%s must be SHA-256 digests of tokens, 64 hexadecimal digits each (%s), or NAME:DIGEST; make"
                  .formatted(key, origin(config.getValue(key)))
              + " one with printf %s \"$TOKEN\" | sha256sum");
      return List.of();
    }

    return hashes;
  }

  /** Returns a whole number within a range. */
  int integer(String key, int min, int max) {
    String expected = "a whole number from %s to %s".formatted(min, max);
    double value = read(key, expected, (double) min, config::getDouble);
    within(key, value, value >= min && value <= max && value == Math.rint(value), expected);
    return (int) value;
  }

  /** Returns a size in bytes, given with a unit such as {@code 1 MiB}. */
  int bytes(String key, int min, int max) {
    return (int) size(key, min, max);
  }

  /** Returns a size in bytes that may be larger than an array. */
  long size(String key, long min, long max) {
    String expected = "a size from %s to %s bytes, such as 1 MiB".formatted(min, max);
    long value = read(key, expected, min, config::getBytes);
    return within(key, value, value >= min && value <= max, expected);
  }

  /** Returns a duration in whole milliseconds, given with a unit such as {@code 10 s}. */
  Duration duration(String key, Duration min, Duration max) {
    String expected =
        "a duration with its unit, from %s to %s ms, such as 10 s"
            .formatted(min.toMillis(), max.toMillis());
    Duration value = read(key, expected, min, this::wholeMillis);
    boolean inside = value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    return within(key, value, inside, expected);
  }

  private Duration wholeMillis(String key) {
    Duration value = config.getDuration(key);
    // Without a unit it would be milliseconds, even if the operator meant seconds.
    boolean hasUnit = value.isZero() || config.getString(key).matches(".*\\p{L}\\s*");
    if (!hasUnit || !value.equals(Duration.ofMillis(value.toMillis()))) {
      throw new ConfigException.BadValue(key, "no whole milliseconds");
    }

    return value;
  }

  /** Returns a constant of an enumeration, written in lower case with hyphens. */
  <E extends Enum<E>> E word(String key, Class<E> words) {
    E[] all = words.getEnumConstants();
    List<String> spelled = new ArrayList<>();
    for (E word : all) {
      spelled.add(word.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    String text = read(key, "one of " + spelled, spelled.get(0), config::getString);
    int found = spelled.indexOf(text);
    within(key, text, found >= 0, "one of " + spelled);
    return all[Math.max(found, 0)];
  }

  /** Returns true or false. */
  boolean truth(String key) {
    return read(key, "true or false", false, config::getBoolean);
  }

  /** Adds an error that concerns several keys. */
  void problem(String text) {
    problems.add(text);
  }

  /**
   * Finishes reading.
   *
   * @throws ConfigurationException if keys are unknown or wrong; the message names all of them
   */
  void finish() throws ConfigurationException {
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      String key = entry.getKey();
      if (!known.contains(key)) {
        String nearest =
            NearestName.of(key, known).map(name -> "; did you mean %s?".formatted(name)).orElse("");
        problems.add(
            "%s is not known (%s)%s"
                .formatted(Fault.printable(key), origin(entry.getValue()), nearest));
      }
    }

    if (!problems.isEmpty()) {
      throw new ConfigurationException(
          "Cannot use the configuration:\n  " + String.join("\n  ", problems));
    }
  }

  private <T> T read(String key, String expected, T fallback, Function<String, T> reader) {
    known.add(key);
    try {
      return reader.apply(key);
    } catch (ConfigException.Missing e) {
      problems.add("%s is missing; expected %s".formatted(key, expected));
    } catch (ConfigException e) {
      problems.add(wrong(key, shown(key), expected));
    }

    return fallback;
  }

  private <T> T within(String key, T value, boolean inside, String expected) {
    if (!inside) {
      problems.add(wrong(key, shown(key), expected));
    }

    return value;
  }

  private String wrong(String key, String shown, String expected) {
    return "%s must be %s, but is %s (%s)"
        .formatted(key, expected, shown, origin(config.getValue(key)));
  }

  private String shown(String key) {
    return "'%s'".formatted(Fault.printable(String.valueOf(config.getValue(key).unwrapped()), 60));
  }

  private static String origin(ConfigValue value) {
    String description = value.origin().description();
    return description.startsWith("--set ")
        ? description.replaceFirst(": [0-9]+$", "")
        : description;
  }
}
