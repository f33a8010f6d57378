package io.paritree.serving;

import io.paritree.config.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of {@code scripts/serve}.
 *
 * <p>Parsed without a library: the library of the other commands would take a fifth of the time of
 * a start, because the archive of loaded classes cannot contain it.
 *
 * @param models the models to serve, in place of {@code models.serve}; empty if none is given
 * @param scores outputs whose scores are served, by their names
 * @param configuration a file whose values replace the defaults
 * @param settings keys of the configuration and their values, which replace the file's
 * @param check whether to start, send some requests ({@link Rehearsal}), and stop
 * @param help whether only to show {@link #HELP}
 */
record ServeOptions(
    List<String> models,
    Map<String, String> scores,
    Optional<Path> configuration,
    Map<String, String> settings,
    boolean check,
    boolean help) {
  static final String HELP =
      """
      Usage: serve [--model NAME|PATH]... [--scores NAME=DIR]... [--port N] [--conf FILE] [--set KEY=VALUE]... [--check]
      Serves models over HTTP until it is stopped (SIGTERM or Ctrl-C).

        --model NAME|PATH  What to serve: a package directory, STORE/NAME[@ALIAS], STORE/NAME/VERSION, a
                           bare model file, an MLflow directory, or a plain NAME[@ALIAS] of models.store.
                           May be given several times. Replaces models.serve.
        --scores NAME=DIR  An output of scripts/score --lookup-index, whose scores are answered by key:
                           GET /v1/scores/NAME/KEY. A path or, with --with-hadoop, a URI such as
                           hdfs://namenode/loans. May be given several times.
        --port N           The same as --set server.port=N.
        --conf FILE        Configuration; conf/serving.conf shows every key with its default.
        --set KEY=VALUE    Sets one key of the configuration, in place of the file's value. May be given
                           several times.
        --check            Starts on free ports, sends itself some requests, stops, and exits: with 0 if
                           the configuration and the models can be served.
        --help             Shows this help.

      Exit codes: 0 stopped as requested; 2 wrong usage or configuration; 3 a port or a file is refused;
      6 a model is refused; 1 anything else.
      """;

  /**
   * Reads the command line; a value follows its option as the next argument or after {@code =}.
   *
   * @throws ConfigurationException if an argument is not an option, or the value of an option is
   *     missing, malformed or not allowed
   */
  static ServeOptions of(String... arguments) throws ConfigurationException {
    List<String> models = new ArrayList<>();
    Map<String, String> scores = new LinkedHashMap<>();
    Optional<Path> configuration = Optional.empty();
    Optional<String> port = Optional.empty();
    Map<String, String> settings = new LinkedHashMap<>();
    boolean check = false;
    boolean help = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      String argument = given.next();
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String option = equals < 0 ? argument : argument.substring(0, equals);
      String attached = equals < 0 ? null : argument.substring(equals + 1);
      switch (option) {
        case "--model" -> models.add(value(option, attached, given));
        case "--scores" -> pair(option, "NAME=DIR", value(option, attached, given), scores);
        case "--port" -> port = Optional.of(value(option, attached, given));
        case "--conf" -> configuration = Optional.of(Path.of(value(option, attached, given)));
        case "--set" -> pair(option, "KEY=VALUE", value(option, attached, given), settings);
        case "--check" -> check = flag(option, attached);
        case "--help" -> help = flag(option, attached);
        default ->
            throw new ConfigurationException(
                "Unknown option: '%s'; serve --help lists all options".formatted(option));
      }
    }

    port.ifPresent(number -> settings.put("server.port", number));
    return new ServeOptions(models, scores, configuration, settings, check, help);
  }

  private static String value(String option, String attached, Iterator<String> following)
      throws ConfigurationException {
    if (attached != null) {
      return attached;
    }

    String next = following.hasNext() ? following.next() : "--";
    if (next.startsWith("--")) { // the next option
      throw new ConfigurationException(
          "Option %s needs a value; see serve --help".formatted(option));
    }

    return next;
  }

  private static boolean flag(String option, String attached) throws ConfigurationException {
    if (attached != null) {
      throw new ConfigurationException(
          "Option %s takes no value: '%s'".formatted(option, attached));
    }

    return true;
  }

  private static void pair(String option, String form, String given, Map<String, String> pairs)
      throws ConfigurationException {
    int equals = given.indexOf('=');
    if (equals < 1) {
      throw new ConfigurationException(
          "Cannot use %s %s: expected %s, such as %s"
              .formatted(
                  option,
                  given,
                  form,
                  option.equals("--set") ? "server.port=9000" : "loans=/data/loan_scores"));
    }

    String name = given.substring(0, equals);
    String value = given.substring(equals + 1);
    String before = pairs.put(name, value);
    boolean lastCounts = option.equals("--set"); // so that wrappers can have defaults of their own
    if (!lastCounts && before != null && !before.equals(value)) {
      throw new ConfigurationException(
          "Cannot use %s %s: %s=%s is given too; give one of them, or two names"
              .formatted(option, given, name, before));
    }
  }
}
