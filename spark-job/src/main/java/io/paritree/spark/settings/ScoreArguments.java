package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.Settings;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.tables.formats.AskedFormat;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line of {@code scripts/score}. An option replaces the setting of the same name in the
 * configuration file, unless it is of {@link #ONE_RUN}.
 */
public final class ScoreArguments {
  /** Options of one run that are no settings. */
  private static final List<String> ONE_RUN =
      List.of(
          "from to as-of rule accept-gates run-id force replace-foreign dry-run recover status conf"
              .split(" "));

  /** The settings that have other names than their options. */
  private static final Map<String, String> KEYS =
      Map.of("partition", "partitions", "challenger", "challengers", "drift", "drift.mode");

  private ScoreArguments() {}

  private static List<OptionSpec.Builder> options() {
    return List.of(
        text(
            "--model=MODEL",
            "STORE/NAME (its champion), STORE/NAME@ALIAS, STORE/NAME/VERSION, a package's directory,"
                + " a model file or an MLflow model"),
        text("--input=DIR", "directory or file to score"),
        text("--input-format=FORMAT", "parquet (default) or csv"),
        text(
            "--input-table=TABLE",
            "table to score, instead of --input: the path of a table of %s, which has a slash, or a name"
                    .formatted(AskedFormat.names())
                + " in a catalog of Spark's"),
        text(
            "--table-format=FORMAT",
            "%s, if the given tables must have this format, or --create-table is to use it; by"
                    .formatted(AskedFormat.names().toLowerCase(Locale.ROOT))
                + " default the format that is found (at a path where nothing is found, delta),"
                + " and any table that the catalog has is read"),
        text(
            "--as-of=VERSION",
            "version of the table (of Iceberg, a snapshot), a number, or the time of which it is read, or a"
                + " tag of Iceberg (default: now)"),
        texts(
            "--partition=COLUMN=VALUE",
            "score this partition only; values of one column are alternatives, and all columns must"
                + " match; values are compared as text"),
        text(
            "--from=[COLUMN=]DAY",
            "score the days from this one to --to; each of them must be in the input"),
        text("--to=[COLUMN=]DAY", "the last day, included"),
        flag("--skip-missing", "skip partitions and days that are not in the input"),
        text(
            "--group-by=COLUMN",
            "publish the partitions of one value of this partition column before scoring the next"),
        text("--output=DIR", "directory to publish to"),
        text(
            "--table=TABLE",
            "table of %s to publish to in one commit, instead of --output: its path, which"
                    .formatted(AskedFormat.names())
                + " has a slash, or a name in a catalog of Spark's"),
        flag("--create-table", "make the table if there is none at the path"),
        columns(
            "--keys",
            "columns that identify a row, written first; a name with a comma is in double quotes"),
        texts(
            "--output-partition=COLUMN=VALUE",
            "write all rows to this partition, instead of keeping the input's partitions; a column"
                + " or partition of the input with this name must have this value in each row"),
        columns("--pass", "other columns to write unchanged"),
        flag(
            "--unique-keys",
            "publish nothing if two scored rows of a partition have the same key; otherwise such rows are counted"),
        text(
            "--file-size=SIZE",
            "length at which an output file is full and the next one begins, such as 64MiB (default:"
                + " 128MiB)"),
        flag("--sort-by-keys", "sort the rows of each file by their keys"),
        flag(
            "--lookup-index",
            "build the index from which a server looks the scores up by key (scripts/serve --scores)"),
        flag("--margin", "write the margins too"),
        text(
            "--reasons=K",
            "write which fields add most to the margin, at most K of them: the columns reasons,"
                + " reasons_base and reasons_rest"),
        text(
            "--reasons-direction=WORD",
            "with --reasons: up for the fields that raise the margin, down for those that lower it,"
                + " or both (default)"),
        text(
            "--reasons-from=SCORE",
            "with --reasons: only for rows with a score above this; the others have null"),
        flag(
            "--contributions",
            "write what each feature adds to the margin, which the base and all features add up to:"
                + " contributions_base and contribution_FEATURE, of several outputs"
                + " contributions_base_OUTPUT and contribution_OUTPUT_FEATURE"),
        text("--engine=ENGINE", "forest (default) or xgboost"),
        text(
            "--max-quarantined=SHARE",
            "largest share of a partition's rows that may be quarantined, 0 to 1 (default: 0.05); a"
                + " partition with more is held: the others are published, and the exit code is 4"),
        flag(
            "--all-or-nothing",
            "publish nothing of a group of which a partition is held, and end the run with it"),
        text(
            "--drift=WORD",
            "report (default if the model has a reference): count what the rows of each partition are"
                + " like, and compare them with the reference and with earlier partitions; gate: also"
                + " hold partitions for which rules fire, with exit code 8; or off"),
        texts(
            "--rule=RULE",
            "with --drift: one more rule, such as \"any.psi > 0.25\" or \"rows < 0.8 * previous\";"
                + " warn: before it only reports"),
        text(
            "--accept-gates=REASON",
            "with --drift gate: publish partitions although rules fire; the reason is kept with them"),
        texts(
            "--challenger=NAME=MODEL",
            "score the rows with this model, too, and compare it with --model: the result is with the"
                + " report, as evidence for scripts/model promote; up to 8. If it cannot be compared,"
                + " the report says why"),
        flag(
            "--challenger-columns",
            "write the scores of challengers, too: score_NAME, label_NAME and model_version_NAME, of"
                + " several outputs score_OUTPUT_NAME"),
        flag(
            "--challenger-required",
            "publish nothing, with exit code 6, if a challenger cannot be compared"),
        text(
            "--run-id=ID",
            "name of the run in reports (default: the time); with --status, show this run and end with"
                + " its exit code"),
        flag("--force", "publish again what is published already"),
        flag("--replace-foreign", "replace files and rows that Paritree has not written"),
        flag(
            "--accept-non-atomic",
            "publish to a store that moves files one by one (S3 and other object stores): readers see"
                + " parts of a partition while it is published, unless they wait for _SUCCESS"),
        flag("--dry-run", "check everything, score a sample, write nothing"),
        flag("--recover", "finish or remove what dead runs have left"),
        flag("--status", "show which runs have ended and which have not"),
        text("--conf=FILE", "configuration file; see conf/scoring-job.conf"),
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this text"));
  }

  /**
   * @param usage the option's name, and after the first {@code =} what its value is called
   */
  static OptionSpec.Builder text(String usage, String description) {
    String[] nameAndValue = usage.split("=", 2);
    return OptionSpec.builder(nameAndValue[0])
        .type(String.class)
        .paramLabel(nameAndValue[1])
        .description(description);
  }

  /** An option that may be given several times. */
  static OptionSpec.Builder texts(String usage, String description) {
    return text(usage, description).type(List.class).auxiliaryTypes(String.class);
  }

  /** Columns with a comma between them; one with a comma in its name is in double quotes. */
  static OptionSpec.Builder columns(String name, String description) {
    return names(name + "=COLUMNS", description);
  }

  /** Names as columns are given. */
  static OptionSpec.Builder names(String usage, String description) {
    return texts(usage, description).splitRegex(",").converters(ScoreArguments::withoutQuotes);
  }

  private static String withoutQuotes(String column) {
    boolean isQuoted = column.length() > 1 && column.startsWith("\"") && column.endsWith("\"");
    return isQuoted ? column.substring(1, column.length() - 1).replace("\\\"", "\"") : column;
  }

  static OptionSpec.Builder flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description);
  }

  /**
   * Returns the command.
   *
   * @param clock gives the id of a run for which none is given
   */
  public static CommandForm<JobSettings> command(Clock clock) {
    return new CommandForm<>(
        "score",
        "Scores the rows of a directory or a table with a model, and publishes the scores.",
        "0 published, now or before; 1 anything else; 2 wrong usage; 3 input,"
            + " output or Spark refused; 4 partitions held for too many quarantined rows; 5 another run or writer"
            + " has published meanwhile; 6 model refused; 8 partitions held by rules about drift.",
        options(),
        name ->
            ONE_RUN.contains(name)
                ? Optional.empty()
                : Optional.of("scoring-job." + KEYS.getOrDefault(name, name)),
        (settings, given) -> JobSettingsParser.read(settings, given, clock));
  }

  /** Reads a command line; see {@link CommandForm#parse}. */
  public static Optional<JobSettings> parse(Clock clock, String... arguments)
      throws UsageException {
    return command(clock).parse(arguments);
  }

  /**
   * Returns the day that an option of one run names; empty if it is not given, or is no day, which
   * is then a problem of the settings.
   */
  static Optional<LocalDate> day(Settings settings, ParseResult given, String option) {
    String text = given.matchedOptionValue(option, "");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      settings.problem(
          "%s must be a day, such as 2026-11-24, but is '%s'"
              .formatted(option, Fault.printable(text)));
      return Optional.empty();
    }
  }
}
