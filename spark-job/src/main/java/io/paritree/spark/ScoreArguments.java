package io.paritree.spark;

import io.paritree.model.EngineKind;
import io.paritree.spark.JobSettings.Duplicates;
import io.paritree.spark.JobSettings.Foreign;
import io.paritree.spark.JobSettings.Margin;
import io.paritree.spark.JobSettings.Mode;
import io.paritree.spark.JobSettings.Order;
import io.paritree.spark.JobSettings.Repeat;
import io.paritree.spark.input.DateRange;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.PartitionChoice.Missing;
import io.paritree.spark.publish.LockTimes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code scripts/score}; it wins over the configuration file. */
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
final class ScoreArguments {
  static final double MAX_QUARANTINED = 0.05;
  static final long ROWS_PER_FILE = 10_000_000;
  static final String FILE_SIZE = "128MiB";
  static final int KEPT_RUNS = 100;
  static final double PROGRESS_SECONDS = 5;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "STORE/NAME (its champion), STORE/NAME@ALIAS, STORE/NAME/VERSION, a package's directory,"
              + " a model file or an MLflow model")
  private String model;

  @Option(names = "--input", paramLabel = "DIR", description = "directory or file to score")
  private String input;

  @Option(names = "--input-format", paramLabel = "FORMAT", description = "parquet (default) or csv")
  private String inputFormat;

  @Option(
      names = "--partition",
      paramLabel = "COLUMN=VALUE",
      description =
          "score this partition only; values of one column are alternatives, of several columns all"
              + " must hold; compared as text")
  private List<String> partitions;

  @Option(
      names = "--from",
      paramLabel = "[COLUMN=]DAY",
      description = "score the days from this one to --to, each of which must be there")
  private String from;

  @Option(names = "--to", paramLabel = "[COLUMN=]DAY", description = "the last day, included")
  private String to;

  @Option(
      names = "--skip-missing",
      description = "pass over partitions and days that are not in the input")
  private boolean skipMissing;

  @Option(
      names = "--group-by",
      paramLabel = "COLUMN",
      description =
          "publish the partitions of each value of this partition column before the next are scored")
  private String groupBy;

  @Option(names = "--output", paramLabel = "DIR", description = "directory to publish to")
  private String output;

  @Option(
      names = "--keys",
      paramLabel = "COLUMNS",
      split = ",",
      description = "columns that identify a row, written first")
  private List<String> keys;

  @Option(
      names = "--output-partition",
      paramLabel = "COLUMN=VALUE",
      description = "write all rows to this partition, instead of keeping the input's partitions")
  private List<String> outputPartition;

  @Option(
      names = "--pass",
      paramLabel = "COLUMNS",
      split = ",",
      description = "other columns to write unchanged")
  private List<String> pass;

  @Option(
      names = "--unique-keys",
      description =
          "publish nothing if a key stands twice in a partition; else such rows are counted")
  private boolean uniqueKeys;

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      description =
          "length at which an output file is full and another is begun, such as 64MiB (default:"
              + " 128MiB)")
  private String fileSize;

  @Option(names = "--sort-by-keys", description = "sort the rows of each file by their keys")
  private boolean sortByKeys;

  @Option(names = "--margin", description = "write the margins too")
  private boolean margin;

  @Option(names = "--engine", paramLabel = "ENGINE", description = "forest (default) or xgboost")
  private String engine;

  @Option(
      names = "--max-quarantined",
      paramLabel = "SHARE",
      description = "largest share of rows that may be quarantined, 0 to 1 (default: 0.05)")
  private Double maxQuarantined;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "name of the run in reports (default: the time)")
  private String runId;

  @Option(names = "--force", description = "publish again what is published already")
  private boolean force;

  @Option(
      names = "--replace-foreign",
      description = "replace partitions that Paritree has not written")
  private boolean replaceForeign;

  @Option(names = "--dry-run", description = "check everything, score a sample, write nothing")
  private boolean dryRun;

  @Option(names = "--recover", description = "finish or remove what dead runs have left")
  private boolean recover;

  @Option(names = "--status", description = "tell what has run and what runs")
  private boolean status;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "configuration file; see conf/scoring-job.conf")
  private Path conf;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  private boolean help;

  /** Returns the usage text. */
  static String usage() {
    return new CommandLine(new ScoreArguments()).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /**
   * Reads a command line, and the configuration file that it names.
   *
   * @param clock names runs that are given no id
   * @return empty if help is asked for
   */
  static Optional<JobSettings> parse(Clock clock, String... arguments) throws UsageException {
    ScoreArguments parsed = new ScoreArguments();
    try {
      new CommandLine(parsed).parseArgs(arguments);
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(e.getMessage(), e);
    }

    return parsed.help ? Optional.empty() : Optional.of(parsed.settings(clock));
  }

  private JobSettings settings(Clock clock) throws UsageException {
    JobConfig config = conf == null ? JobConfig.none() : JobConfig.read(conf);
    Mode mode = mode();
    boolean scores = mode == Mode.SCORE || mode == Mode.DRY_RUN;
    double share =
        maxQuarantined != null
            ? maxQuarantined
            : config.number("max-quarantined").orElse(MAX_QUARANTINED);
    if (!(share >= 0 && share <= 1)) {
      throw new UsageException(
          "Cannot use --max-quarantined %s: a share from 0 to 1 is expected".formatted(share));
    }

    return new JobSettings(
        mode,
        SettingValues.text("--model", model, config.text("model"), scores),
        SettingValues.text("--input", input, config.text("input"), scores),
        SettingValues.oneOf(
            InputFormat.class, "--input-format", inputFormat, config.text("input-format")),
        choice(config),
        SettingValues.text("--group-by", groupBy, config.text("group-by"), false),
        SettingValues.text("--output", output, config.text("output"), true),
        SettingValues.names("--keys", keys, config.list("keys"), scores),
        SettingValues.values(
            "--output-partition", outputPartition, config.list("output-partition")),
        SettingValues.names("--pass", pass, config.list("pass"), false),
        duplicates(config),
        margin || config.truth("margin").orElse(false) ? Margin.WRITTEN : Margin.LEFT_OUT,
        SettingValues.oneOf(EngineKind.class, "--engine", engine, config.text("engine")),
        share,
        runId(clock),
        force ? Repeat.PUBLISHED_AGAIN : Repeat.LEFT_AS_IT_IS,
        replaceForeign ? Foreign.REPLACED : Foreign.REFUSED,
        SettingValues.atLeastOne(
            "rows-per-file", config.whole("rows-per-file").orElse(ROWS_PER_FILE)),
        SettingValues.bytes("--file-size", fileSize, config.text("file-size"), FILE_SIZE),
        sortByKeys || config.truth("sort-by-keys").orElse(false) ? Order.BY_KEYS : Order.AS_READ,
        (int)
            SettingValues.atLeastOne(
                "kept-runs", config.whole("kept-runs").orElse((long) KEPT_RUNS)),
        SettingValues.seconds(
            "progress-seconds", config.number("progress-seconds").orElse(PROGRESS_SECONDS)),
        SettingValues.text("metrics-file", null, config.text("metrics-file"), false),
        locks(config));
  }

  private Duplicates duplicates(JobConfig config) throws UsageException {
    if (uniqueKeys || config.truth("unique-keys").orElse(false)) {
      return Duplicates.REFUSED;
    }

    return config.truth("count-duplicates").orElse(true)
        ? Duplicates.REPORTED
        : Duplicates.ADMITTED;
  }

  private PartitionChoice choice(JobConfig config) throws UsageException {
    if ((from == null) != (to == null)) {
      throw new UsageException("Cannot use --from without --to, or --to without --from");
    }

    Optional<DateRange> range = Optional.empty();
    if (from != null) {
      try {
        range = Optional.of(DateRange.parse(from, to));
      } catch (IllegalArgumentException e) {
        throw new UsageException("Cannot use --from and --to: " + e.getMessage(), e);
      }
    }

    return new PartitionChoice(
        SettingValues.values("--partition", partitions, config.list("partitions")),
        range,
        skipMissing || config.truth("skip-missing").orElse(false)
            ? Missing.SKIPPED
            : Missing.REFUSED);
  }

  private Mode mode() throws UsageException {
    List<Mode> asked = new ArrayList<>();
    if (dryRun) {
      asked.add(Mode.DRY_RUN);
    }

    if (recover) {
      asked.add(Mode.RECOVER);
    }

    if (status) {
      asked.add(Mode.STATUS);
    }

    if (asked.size() > 1) {
      throw new UsageException("Cannot do --dry-run, --recover and --status at once: choose one");
    }

    return asked.isEmpty() ? Mode.SCORE : asked.get(0);
  }

  private String runId(Clock clock) throws UsageException {
    if (runId == null) {
      return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC)
          .format(clock.instant());
    }

    if (!runId.matches("[A-Za-z0-9._-]{1,64}") || runId.matches("[._].*")) {
      throw new UsageException(
          ("Cannot use --run-id '%s': 1 to 64 letters, digits, dots, underscores and hyphens are"
                  + " expected, the first a letter or digit")
              .formatted(runId));
    }

    return runId;
  }

  private static LockTimes locks(JobConfig config) throws UsageException {
    Duration beat =
        SettingValues.seconds(
            "lock-beat-seconds",
            config
                .number("lock-beat-seconds")
                .orElse((double) LockTimes.DEFAULT.beat().toSeconds()));
    Duration stale =
        SettingValues.seconds(
            "lock-stale-seconds",
            config
                .number("lock-stale-seconds")
                .orElse((double) LockTimes.DEFAULT.stale().toSeconds()));
    try {
      return new LockTimes(beat, stale);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "Cannot use keys scoring-job.lock-beat-seconds and lock-stale-seconds: " + e.getMessage(),
          e);
    }
  }
}
