package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.model.EngineKind;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.DateRange;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.PartitionChoice.Missing;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.Margin;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.settings.JobSettings.NonAtomic;
import io.paritree.spark.settings.JobSettings.Order;
import io.paritree.spark.settings.JobSettings.Repeat;
import io.paritree.spark.settings.JobSettings.Withheld;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.formats.AskedFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.ParseResult;

/**
 * Reads the settings of a run: which keys there are, and the type and range of each. The defaults
 * are in {@code defaults.conf}.
 */
final class JobSettingsParser {
  private static final Map<String, Mode> MODES =
      Map.of("--dry-run", Mode.DRY_RUN, "--recover", Mode.RECOVER, "--status", Mode.STATUS);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Settings settings;
  private final ParseResult given;

  private JobSettingsParser(Settings settings, ParseResult given) {
    this.settings = settings;
    this.given = given;
  }

  /**
   * Reads the settings.
   *
   * @param given the options of this run only
   * @param clock gives the id of a run for which none is given
   * @throws ConfigurationException if there are errors; the message names all of them
   */
  static JobSettings read(Settings settings, ParseResult given, Clock clock)
      throws ConfigurationException {
    JobSettingsParser parser = new JobSettingsParser(settings, given);
    JobSettings job = parser.settings(clock);
    parser.checkWhatIsNeeded(job);
    settings.leave(OutcomeArguments::isOwn);
    settings.finish();
    return job;
  }

  private JobSettings settings(Clock clock) {
    Mode mode = mode();
    return new JobSettings(
        mode,
        runId(mode, clock),
        settings.anyText("scoring-job.model"),
        settings.word("scoring-job.engine", EngineKind.class),
        new JobSettings.Input(
            settings.anyText("scoring-job.input"),
            settings.word("scoring-job.input-format", InputFormat.class),
            CommonSettings.inputTable(settings, given),
            tableFormat(),
            new PartitionChoice(
                partitions("scoring-job.partitions"),
                days(),
                settings.truth("scoring-job.skip-missing") ? Missing.SKIPPED : Missing.REFUSED),
            settings.anyText("scoring-job.group-by")),
        new JobSettings.Output(
            settings.anyText("scoring-job.output"),
            outputTable(),
            tableFormat(),
            partitions("scoring-job.output-partition"),
            locks(),
            CommonSettings.calls(settings)),
        new JobSettings.Columns(
            columns("scoring-job.keys"),
            columns("scoring-job.pass"),
            settings.truth("scoring-job.margin") ? Margin.WRITTEN : Margin.LEFT_OUT,
            new ReasonSettingsParser(settings).explanation()),
        new JobSettings.Files(
            settings.whole("scoring-job.rows-per-file", 1, CommonSettings.TRILLION),
            settings.size("scoring-job.file-size", 1 << 20, 1L << 40),
            settings.truth("scoring-job.sort-by-keys") ? Order.BY_KEYS : Order.AS_READ,
            settings.truth("scoring-job.lookup-index") ? LookupIndex.BUILT : LookupIndex.LEFT_OUT),
        new JobSettings.Conditions(
            duplicates(),
            settings.number("scoring-job.max-quarantined", 0, 1),
            settings.truth("scoring-job.all-or-nothing")
                ? Withheld.ITS_GROUP
                : Withheld.THE_PARTITION,
            isGiven("--force") ? Repeat.PUBLISHED_AGAIN : Repeat.LEFT_AS_IT_IS,
            isGiven("--replace-foreign") ? Foreign.REPLACED : Foreign.REFUSED,
            settings.truth("scoring-job.accept-non-atomic")
                ? NonAtomic.ACCEPTED
                : NonAtomic.REFUSED),
        new DriftSettingsParser(settings, given).drift(),
        new ChallengerSettingsParser(settings).challengers(),
        new JobSettings.Reporting(
            (int)
                Math.min(
                    Integer.MAX_VALUE,
                    settings.whole("scoring-job.kept-runs", 1, CommonSettings.TRILLION)),
            seconds("scoring-job.progress-seconds"),
            destinations()));
  }

  private AskedFormat tableFormat() {
    return settings.word("scoring-job.table-format", AskedFormat.class);
  }

  private Optional<TableToWrite> outputTable() {
    String name = settings.anyText("scoring-job.table");
    boolean created = settings.truth("scoring-job.create-table");
    return name.isBlank() ? Optional.empty() : Optional.of(new TableToWrite(name, created));
  }

  private Mode mode() {
    List<Mode> asked = MODES.keySet().stream().filter(this::isGiven).map(MODES::get).toList();
    if (asked.size() > 1) {
      settings.problem("--dry-run, --recover and --status cannot be combined: choose one");
    }

    return asked.isEmpty() ? Mode.SCORE : asked.get(0);
  }

  private boolean isGiven(String flag) {
    return given.matchedOptionValue(flag, false);
  }

  private void checkWhatIsNeeded(JobSettings job) {
    check("output", !job.output().name().isBlank());
    if (job.output().table().isPresent() && !job.output().path().isBlank()) {
      settings.problem("--output and --table cannot be combined: choose one");
    } else if (job.output().isNamed() && isOfState(job)) {
      settings.problem(
          "--status and --recover need the table's path: give it as --table, with a slash in it");
    }

    if (job.mode() == Mode.SCORE || job.mode() == Mode.DRY_RUN) {
      check("model", !job.model().isBlank());
      check("input", !job.input().name().isBlank());
      CommonSettings.checkInput(settings, job.input().path(), job.input().table());
      if (job.input().table().isPresent() && job.input().format() == InputFormat.CSV) {
        settings.problem("--input-format csv cannot be used with --input-table");
      }
      check("keys", !job.columns().keys().isEmpty());
    }
  }

  private static boolean isOfState(JobSettings job) {
    return job.mode() == Mode.STATUS || job.mode() == Mode.RECOVER;
  }

  private void check(String name, boolean there) {
    if (!there) {
      settings.problem(
          "--%s is missing: give it on the command line, or as scoring-job.%s in the configuration file"
              .formatted(name, name));
    }
  }

  private List<String> columns(String key) {
    return settings.texts(key, "names of columns", name -> !name.isEmpty());
  }

  private List<PartitionValue> partitions(String key) {
    return settings.texts(key, "COLUMN=VALUE", PartitionValue::isPartitionName).stream()
        .filter(PartitionValue::isPartitionName)
        .map(PartitionValue::parse)
        .toList();
  }

  private Optional<DateRange> days() {
    String from = given.matchedOptionValue("--from", null);
    String to = given.matchedOptionValue("--to", null);
    if (from == null && to == null) {
      return Optional.empty();
    }

    if (from == null || to == null) {
      settings.problem("--from and --to must be given together");
      return Optional.empty();
    }

    return made("--from and --to", () -> DateRange.parse(from, to));
  }

  private Duplicates duplicates() {
    boolean counted = settings.truth("scoring-job.count-duplicates");
    boolean unique = settings.truth("scoring-job.unique-keys");
    if (unique) {
      return Duplicates.REFUSED;
    }

    return counted ? Duplicates.REPORTED : Duplicates.ADMITTED;
  }

  private String runId(Mode mode, Clock clock) {
    String id = given.matchedOptionValue("--run-id", null);
    if (id == null) {
      return mode == Mode.STATUS ? "" : TIME.format(clock.instant());
    }

    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      settings.problem(
          ("--run-id must be 1 to 64 letters, digits, dots, underscores and hyphens, the first a"
                  + " letter or digit, but is '%s'")
              .formatted(Fault.printable(id)));
    }

    return id;
  }

  private Destinations destinations() {
    return new Destinations(
        settings.anyText("scoring-job.metrics-file"),
        settings.webAddress("scoring-job.pushgateway-url"),
        settings.webAddress("scoring-job.lineage-url"),
        settings.text("scoring-job.lineage-namespace"),
        settings.anyText("scoring-job.lineage-job"),
        Duration.ofSeconds(settings.whole("scoring-job.delivery-seconds", 1, 86_400)));
  }

  private Duration seconds(String key) {
    return Duration.ofNanos((long) (settings.number(key, 0, 86_400) * 1e9));
  }

  private LockTimes locks() {
    Duration beat = seconds("scoring-job.lock-beat-seconds");
    Duration stale = seconds("scoring-job.lock-stale-seconds");
    return made(
            "scoring-job.lock-beat-seconds and lock-stale-seconds",
            () -> new LockTimes(beat, stale))
        .orElse(LockTimes.DEFAULT);
  }

  /** Returns a value of several settings; empty if they do not fit together. */
  private <T> Optional<T> made(String names, Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      settings.problem("Cannot use %s: %s".formatted(names, e.getMessage()));
      return Optional.empty();
    }
  }
}
