package io.paritree.spark.settings;

import io.paritree.spark.ending.UsageException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code scripts/score}; it overrides the configuration file. */
@Command(
    name = "score",
    sortOptions = false,
    usageHelpWidth = 100,
    description = "Scores the rows of a directory with a model, and publishes the scores.",
    footer = {
      "",
      "Exit codes: 0 published, now or before; 1 anything else; 2 wrong usage; 3 input or output"
          + " refused; 4 too many rows quarantined; 5 another run has published meanwhile;"
          + " 6 model refused."
    })
public final class ScoreArguments {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "STORE/NAME (its champion), STORE/NAME@ALIAS, STORE/NAME/VERSION, a package's directory,"
              + " a model file or an MLflow model")
  String model;

  @Option(names = "--input", paramLabel = "DIR", description = "directory or file to score")
  String input;

  @Option(names = "--input-format", paramLabel = "FORMAT", description = "parquet (default) or csv")
  String inputFormat;

  @Option(
      names = "--partition",
      paramLabel = "COLUMN=VALUE",
      description =
          "score this partition only; values of one column are alternatives, and all columns must"
              + " match; values are compared as text")
  List<String> partitions;

  @Option(
      names = "--from",
      paramLabel = "[COLUMN=]DAY",
      description = "score the days from this one to --to; each of them must be in the input")
  String from;

  @Option(names = "--to", paramLabel = "[COLUMN=]DAY", description = "the last day, included")
  String to;

  @Option(
      names = "--skip-missing",
      description = "skip partitions and days that are not in the input")
  boolean skipMissing;

  @Option(
      names = "--group-by",
      paramLabel = "COLUMN",
      description =
          "publish the partitions of one value of this partition column before scoring the next")
  String groupBy;

  @Option(names = "--output", paramLabel = "DIR", description = "directory to publish to")
  String output;

  @Option(
      names = "--state-directory",
      paramLabel = "DIR",
      description =
          "directory for reports, quarantined rows and staging of a partitioned output, on the same"
              + " file system (default: _paritree next to the output, or what the output records)")
  String stateDirectory;

  @Option(
      names = "--keys",
      paramLabel = "COLUMNS",
      split = ",",
      description = "columns that identify a row, written first")
  List<String> keys;

  @Option(
      names = "--output-partition",
      paramLabel = "COLUMN=VALUE",
      description = "write all rows to this partition, instead of keeping the input's partitions")
  List<String> outputPartition;

  @Option(
      names = "--pass",
      paramLabel = "COLUMNS",
      split = ",",
      description = "other columns to write unchanged")
  List<String> pass;

  @Option(
      names = "--ignore-case",
      description =
          "find columns of the input whose names differ in case only from those of the model, --keys"
              + " and --pass")
  boolean ignoreCase;

  @Option(
      names = "--unique-keys",
      description =
          "publish nothing if a key occurs twice in a partition; otherwise such rows are counted")
  boolean uniqueKeys;

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      description =
          "length at which an output file is full and the next one begins, such as 64MiB (default:"
              + " 128MiB)")
  String fileSize;

  @Option(names = "--sort-by-keys", description = "sort the rows of each file by their keys")
  boolean sortByKeys;

  @Option(names = "--margin", description = "write the margins too")
  boolean margin;

  @Option(names = "--engine", paramLabel = "ENGINE", description = "forest (default) or xgboost")
  String engine;

  @Option(
      names = "--max-quarantined",
      paramLabel = "SHARE",
      description = "largest share of rows that may be quarantined, 0 to 1 (default: 0.05)")
  Double maxQuarantined;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "name of the run in reports (default: the time); with --status, show this run and end with"
              + " its exit code")
  String runId;

  @Option(names = "--force", description = "publish again what is published already")
  boolean force;

  @Option(
      names = "--replace-foreign",
      description = "replace partitions that Paritree has not written")
  boolean replaceForeign;

  @Option(
      names = "--accept-non-atomic",
      description =
          "publish to a store that moves files one by one (S3 and other object stores): readers see"
              + " parts of a partition while it is published, unless they wait for _SUCCESS")
  boolean acceptNonAtomic;

  @Option(names = "--dry-run", description = "check everything, score a sample, write nothing")
  boolean dryRun;

  @Option(names = "--recover", description = "finish or remove what dead runs have left")
  boolean recover;

  @Option(names = "--status", description = "show which runs have ended and which have not")
  boolean status;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "configuration file; see conf/scoring-job.conf")
  Path conf;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  boolean help;

  /** Returns the usage text. */
  public static String usage() {
    return new CommandLine(new ScoreArguments()).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /**
   * Reads a command line, and the configuration file that it names.
   *
   * @param clock gives the id of a run for which none is given
   * @return empty if help is requested
   */
  public static Optional<JobSettings> parse(Clock clock, String... arguments)
      throws UsageException {
    ScoreArguments parsed = new ScoreArguments();
    try {
      new CommandLine(parsed).parseArgs(arguments);
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(e.getMessage(), e);
    }

    return parsed.help ? Optional.empty() : Optional.of(new GivenSettings(parsed).settings(clock));
  }
}
