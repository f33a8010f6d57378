package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.Settings;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A command as users see it: its options, and the text that describes it.
 *
 * @param name as it is typed, after {@code scripts/}
 * @param description what it does
 * @param exitCodes what they mean
 */
record CommandForm(
    String name, String description, String exitCodes, List<OptionSpec.Builder> options) {
  private static final int WIDTH = 100;
  private static final String FORMAT = "--format";
  private static final List<String> FORMATS = List.of("text", "json");

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

  /** Returns what reads its command line. */
  CommandLine line() {
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
  String usage() {
    return line().getUsageMessage(Ansi.OFF);
  }
}
