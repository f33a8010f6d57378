package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.Configuration;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.spark.report.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * A command as users see it, and what its command line becomes.
 *
 * @param name as it is typed, after {@code scripts/}
 * @param description what it does
 * @param exitCodes what they mean
 * @param options that it has
 * @param keys the setting that an option replaces; empty for an option of one run
 * @param reading makes what it was asked of the settings
 */
public record CommandForm<T>(
    String name,
    String description,
    String exitCodes,
    List<OptionSpec.Builder> options,
    Function<String, Optional<String>> keys,
    Reading<T> reading) {
  private static final int WIDTH = 100;
  private static final String FORMAT = "--format";
  private static final List<String> FORMATS = List.of("text", "json");

  /** Reads the settings: the type and range of each. */
  @FunctionalInterface
  public interface Reading<T> {
    /**
     * Reads them.
     *
     * @param given the options of one run
     * @throws ConfigurationException if there are problems; the message names all of them
     */
    T of(Settings settings, ParseResult given) throws ConfigurationException;
  }

  /** Returns the option that says in which form a result is printed. */
  static OptionSpec.Builder format() {
    return ScoreArguments.text(FORMAT + "=FORMAT", "what is printed: text (default) or json");
  }

  /**
   * Returns whether a result is printed as JSON.
   *
   * @param settings receives what is wrong with the option
   */
  static boolean isJson(Settings settings, ParseResult given) {
    String format = given.matchedOptionValue(FORMAT, "");
    if (!format.isEmpty() && !FORMATS.contains(format)) {
      settings.problem(
          "--format must be text or json, but is '%s'".formatted(Fault.printable(format)));
    }

    return format.equals("json");
  }

  /**
   * Reads a command line, and the configuration file that it names.
   *
   * @return empty if help is requested
   */
  public Optional<T> parse(String... arguments) throws UsageException {
    try {
      ParseResult given = line().parseArgs(arguments);
      return given.isUsageHelpRequested()
          ? Optional.empty()
          : Optional.of(reading.of(configuration(given).settings(), given));
    } catch (ParameterException | ConfigurationException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private Configuration configuration(ParseResult given) throws ConfigurationException {
    Configuration configuration = Configuration.defaults(CommandForm.class);
    if (given.hasMatchedOption("--conf")) {
      configuration = configuration.withFile(Path.of(given.matchedOptionValue("--conf", "")));
    }

    for (OptionSpec option : given.matchedOptions()) {
      String longName = option.longestName().substring(2);
      Optional<String> key = keys.apply(longName);
      if (key.isPresent()) {
        configuration = configuration.with("--" + longName, key.get(), option.getValue());
      }
    }

    return configuration;
  }

  /** Returns what reads its command line. */
  private CommandLine line() {
    CommandSpec command = CommandSpec.create().name(name);
    command
        .usageMessage()
        .sortOptions(false)
        .width(WIDTH)
        .description(description)
        .footer("", "Exit codes: " + exitCodes);
    options.forEach(option -> command.addOption(option.build()));
    return new CommandLine(command);
  }

  /** Returns the text of {@code --help}. */
  public String usage() {
    return line().getUsageMessage(Ansi.OFF);
  }
}
