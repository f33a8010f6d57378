package io.paritree.spark.settings;

import io.paritree.model.EngineKind;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.input.DateRange;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.PartitionChoice.Missing;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.Margin;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.settings.JobSettings.NonAtomic;
import io.paritree.spark.settings.JobSettings.Order;
import io.paritree.spark.settings.JobSettings.Repeat;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes the settings of a run: from the command line, otherwise from the configuration file,
 * otherwise from the defaults.
 */
final class GivenSettings {
  static final double MAX_QUARANTINED = 0.05;
  static final long ROWS_PER_FILE = 10_000_000;
  static final String FILE_SIZE = "128MiB";
  static final int KEPT_RUNS = 100;
  static final double PROGRESS_SECONDS = 5;

  private final ScoreArguments given;

  GivenSettings(ScoreArguments given) {
    this.given = given;
  }

  /**
   * Returns the settings.
   *
   * @param clock gives the id of a run for which none is given
   */
  JobSettings settings(Clock clock) throws UsageException {
    JobConfig config = given.conf == null ? JobConfig.none() : JobConfig.read(given.conf);
    Mode mode = mode();
    boolean scores = mode == Mode.SCORE || mode == Mode.DRY_RUN;
    double share =
        given.maxQuarantined != null
            ? given.maxQuarantined
            : config.number("max-quarantined").orElse(MAX_QUARANTINED);
    if (!(share >= 0 && share <= 1)) {
      throw new UsageException(
          "Cannot use --max-quarantined %s: a share from 0 to 1 is expected".formatted(share));
    }

    return new JobSettings(
        mode,
        SettingValues.text("--model", given.model, config.text("model"), scores),
        SettingValues.text("--input", given.input, config.text("input"), scores),
        SettingValues.oneOf(
            InputFormat.class, "--input-format", given.inputFormat, config.text("input-format")),
        choice(config),
        SettingValues.text("--group-by", given.groupBy, config.text("group-by"), false),
        SettingValues.text("--output", given.output, config.text("output"), true),
        SettingValues.text(
            "--state-directory", given.stateDirectory, config.text("state-directory"), false),
        SettingValues.names("--keys", given.keys, config.list("keys"), scores),
        SettingValues.values(
            "--output-partition", given.outputPartition, config.list("output-partition")),
        SettingValues.names("--pass", given.pass, config.list("pass"), false),
        given.ignoreCase || config.truth("ignore-case").orElse(false)
            ? ReadColumn.Case.IGNORED
            : ReadColumn.Case.COMPARED,
        duplicates(config),
        given.margin || config.truth("margin").orElse(false) ? Margin.WRITTEN : Margin.LEFT_OUT,
        SettingValues.oneOf(EngineKind.class, "--engine", given.engine, config.text("engine")),
        share,
        mode == Mode.STATUS && given.runId == null ? "" : runId(clock),
        given.force ? Repeat.PUBLISHED_AGAIN : Repeat.LEFT_AS_IT_IS,
        given.replaceForeign ? Foreign.REPLACED : Foreign.REFUSED,
        given.acceptNonAtomic || config.truth("accept-non-atomic").orElse(false)
            ? NonAtomic.ACCEPTED
            : NonAtomic.REFUSED,
        SettingValues.atLeastOne(
            "rows-per-file", config.whole("rows-per-file").orElse(ROWS_PER_FILE)),
        SettingValues.bytes("--file-size", given.fileSize, config.text("file-size"), FILE_SIZE),
        given.sortByKeys || config.truth("sort-by-keys").orElse(false)
            ? Order.BY_KEYS
            : Order.AS_READ,
        (int)
            Math.min(
                Integer.MAX_VALUE,
                SettingValues.atLeastOne(
                    "kept-runs", config.whole("kept-runs").orElse((long) KEPT_RUNS))),
        SettingValues.seconds(
            "progress-seconds", config.number("progress-seconds").orElse(PROGRESS_SECONDS)),
        SettingValues.text("metrics-file", null, config.text("metrics-file"), false),
        locks(config));
  }

  private Duplicates duplicates(JobConfig config) throws UsageException {
    if (given.uniqueKeys || config.truth("unique-keys").orElse(false)) {
      return Duplicates.REFUSED;
    }

    return config.truth("count-duplicates").orElse(true)
        ? Duplicates.REPORTED
        : Duplicates.ADMITTED;
  }

  private PartitionChoice choice(JobConfig config) throws UsageException {
    if ((given.from == null) != (given.to == null)) {
      throw new UsageException("Cannot use --from without --to, or --to without --from");
    }

    Optional<DateRange> range = Optional.empty();
    if (given.from != null) {
      try {
        range = Optional.of(DateRange.parse(given.from, given.to));
      } catch (IllegalArgumentException e) {
        throw new UsageException("Cannot use --from and --to: " + e.getMessage(), e);
      }
    }

    return new PartitionChoice(
        SettingValues.values("--partition", given.partitions, config.list("partitions")),
        range,
        given.skipMissing || config.truth("skip-missing").orElse(false)
            ? Missing.SKIPPED
            : Missing.REFUSED);
  }

  private Mode mode() throws UsageException {
    List<Mode> asked = new ArrayList<>();
    if (given.dryRun) {
      asked.add(Mode.DRY_RUN);
    }

    if (given.recover) {
      asked.add(Mode.RECOVER);
    }

    if (given.status) {
      asked.add(Mode.STATUS);
    }

    if (asked.size() > 1) {
      throw new UsageException("Cannot combine --dry-run, --recover and --status: choose one");
    }

    return asked.isEmpty() ? Mode.SCORE : asked.get(0);
  }

  private String runId(Clock clock) throws UsageException {
    if (given.runId == null) {
      return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC)
          .format(clock.instant());
    }

    if (!given.runId.matches("[A-Za-z0-9._-]{1,64}") || given.runId.matches("[._].*")) {
      throw new UsageException(
          ("Cannot use --run-id '%s': 1 to 64 letters, digits, dots, underscores and hyphens are"
                  + " expected, the first a letter or digit")
              .formatted(given.runId));
    }

    return given.runId;
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
