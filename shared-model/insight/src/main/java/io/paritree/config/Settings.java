package io.paritree.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import io.paritree.Fault;
import io.paritree.feature.NearestName;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The settings of a program, which are read once, key by key, with a type and a range for each.
 *
 * <p>A key that is unknown, or a value that is not allowed, is a problem: a mistyped limit must not
 * silently become a default. All problems are collected, so that one start shows all of them; until
 * {@link #finish}, a reading returns some value in place of one that is not allowed. Not
 * thread-safe.
 */
public final class Settings {
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

  private final Config config;
  private final Set<String> defaults;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> secret = new HashSet<>();
  private final Set<String> problems = new LinkedHashSet<>();

  /**
   * @param config resolved, with a value for each key that will be read
   * @param defaults the keys that have a default
   */
  Settings(Config config, Set<String> defaults) {
    this.config = config;
    this.defaults = defaults;
  }

  /** Returns a text that is not blank. */
  public String text(String key) {
    String text = read(key, "a text", "-", config::getString);
    return within(key, text, !text.isBlank(), "a text");
  }

  /** Returns the names of the groups of keys below a key, sorted. */
  public Set<String> groups(String key) {
    return new TreeSet<>(
        read(key, "groups of keys", Map.<String, ConfigValue>of(), config::getObject).keySet());
  }

  /** Returns whether a key has a value; for keys without a default. */
  public boolean has(String key) {
    known.add(key);
    return config.hasPath(key);
  }

  /** Returns a text that may be empty. */
  public String anyText(String key) {
    return read(key, "a text", "", config::getString);
  }

  /** Returns a text that may be empty, and that no message shows. */
  public String secret(String key) {
    secret.add(key);
    return anyText(key);
  }

  /**
   * Returns an address of the web; empty if the text is. It has neither user nor query, since
   * addresses are printed and passwords must not be; no message shows what was given.
   */
  public Optional<URI> webAddress(String key) {
    String text = secret(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }

    Optional<URI> address =
        webAddressOf(text)
            .filter(
                found ->
                    found.getRawUserInfo() == null
                        && found.getRawQuery() == null
                        && found.getRawFragment() == null);
    within(
        key,
        text,
        address.isPresent(),
        "an http or https address without user, query and fragment");
    return address;
  }

  /** Returns the http or https address with a host that a text is; empty if it is none. */
  static Optional<URI> webAddressOf(String text) {
    try {
      URI address = new URI(text);
      boolean isWeb =
          ("http".equalsIgnoreCase(address.getScheme())
                  || "https".equalsIgnoreCase(address.getScheme()))
              && address.getHost() != null;
      return isWeb ? Optional.of(address) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Returns a list of texts. */
  public List<String> texts(String key) {
    return texts(key, "texts", text -> true);
  }

  /**
   * Returns a list of texts of some form.
   *
   * @param expected the form in words, in the plural
   */
  public List<String> texts(String key, String expected, Predicate<String> form) {
    String list = "a list of " + expected;
    List<String> texts = read(key, list, List.of(), config::getStringList);
    for (String text : texts) {
      if (!form.test(text)) {
        problems.add(wrong(key, list, "has", text));
      }
    }

    return texts;
  }

  /** Returns a list of texts of some form, which no message shows. */
  public List<String> secrets(String key, String expected, Predicate<String> form) {
    secret.add(key);
    return texts(key, expected, form);
  }

  /** Returns a whole number within a range. */
  public int integer(String key, int min, int max) {
    return (int) whole(key, min, max);
  }

  /** Returns a whole number within a range that may exceed an {@code int}. */
  public long whole(String key, long min, long max) {
    String expected = "a whole number from %s to %s".formatted(min, max);
    double value = read(key, expected, (double) min, config::getDouble);
    within(key, value, value >= min && value <= max && value == Math.rint(value), expected);
    return (long) value;
  }

  /** Returns a number within a range. */
  public double number(String key, int min, int max) {
    String expected = "a number from %s to %s".formatted(min, max);
    double value = read(key, expected, (double) min, config::getDouble);
    return within(key, value, value >= min && value <= max, expected);
  }

  /** Returns a size in bytes, given with a unit such as {@code 1 MiB}. */
  public int bytes(String key, int min, int max) {
    return (int) size(key, min, max);
  }

  /** Returns a size in bytes that may be larger than an array. */
  public long size(String key, long min, long max) {
    String expected = "a size from %s to %s".formatted(spelled(min), spelled(max));
    long value = read(key, expected, min, config::getBytes);
    return within(key, value, value >= min && value <= max, expected);
  }

  private static String spelled(long bytes) {
    int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, UNITS.size() - 1);
    return (bytes >> 10 * unit) + " " + UNITS.get(unit);
  }

  /** Returns a duration in whole milliseconds, given with a unit such as {@code 10 s}. */
  public Duration duration(String key, Duration min, Duration max) {
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
  public <E extends Enum<E>> E word(String key, Class<E> words) {
    E[] all = words.getEnumConstants();
    List<String> spelled =
        Arrays.stream(all)
            .map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    String text = read(key, "one of " + spelled, spelled.get(0), config::getString);
    int found = spelled.indexOf(text);
    within(key, text, found >= 0, "one of " + spelled);
    return all[Math.max(found, 0)];
  }

  /** Returns true or false. */
  public boolean truth(String key) {
    return read(key, "true or false", false, config::getBoolean);
  }

  /** Leaves keys to another program, which reads the same files: of those that have a default. */
  public void leave(Predicate<String> keys) {
    defaults.stream().filter(keys).forEach(known::add);
  }

  /** Adds a problem that no single reading finds. */
  public void problem(String text) {
    problems.add(text);
  }

  /**
   * Finishes reading.
   *
   * @throws ConfigurationException if there are problems, or unknown keys; the message names all of
   *     them
   */
  public void finish() throws ConfigurationException {
    Map<String, ConfigValue> unknown = new TreeMap<>();
    config.entrySet().forEach(entry -> unknown.put(entry.getKey(), entry.getValue()));
    unknown.keySet().removeAll(known);
    unknown.forEach(
        (key, value) -> {
          String nearest =
              NearestName.of(key, known).map("; did you mean %s?"::formatted).orElse("");
          problems.add(
              "%s is not known (%s)%s".formatted(Fault.printable(key), origin(value), nearest));
        });
    if (!unknown.isEmpty()) {
      problems.add("the known keys are " + String.join(", ", known));
    }

    if (!problems.isEmpty()) {
      throw new ConfigurationException(
          "Cannot use the settings:\n  " + String.join("\n  ", problems));
    }
  }

  private <T> T read(String key, String expected, T fallback, Function<String, T> reader) {
    known.add(key);
    try {
      return reader.apply(key);
    } catch (ConfigException.Missing e) {
      problems.add("%s is missing; expected %s".formatted(key, expected));
    } catch (ConfigException e) {
      boolean present = config.hasPath(key); // not if a text is where a group of keys is expected
      problems.add(present ? wrong(key, expected) : e.getMessage());
    }

    return fallback;
  }

  private <T> T within(String key, T value, boolean inside, String expected) {
    if (!inside) {
      problems.add(wrong(key, expected));
    }

    return value;
  }

  private String wrong(String key, String expected) {
    return wrong(key, expected, "is", String.valueOf(config.getValue(key).unwrapped()));
  }

  private String wrong(String key, String expected, String verb, String value) {
    String origin = origin(config.getValue(key));
    boolean option = origin.startsWith("--");
    return "%s must be %s%s%s"
        .formatted(
            option ? origin : key,
            expected,
            secret.contains(key) ? "" : ", but %s '%s'".formatted(verb, Fault.printable(value, 60)),
            option ? "" : " (%s)".formatted(origin));
  }

  private static String origin(ConfigValue value) {
    String description = value.origin().description();
    return description.startsWith("--") ? description.replaceFirst(": [0-9]+$", "") : description;
  }
}
