package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.ConfigurationException;
import io.paritree.config.SecretAddress;
import io.paritree.config.Settings;
import io.paritree.drift.DriftWords;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.output.PartitionValue;
import io.paritree.reasons.Direction;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.input.DateRange;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.PartitionChoice.Missing;
import io.paritree.spark.input.ReadColumn.Case;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.settings.JobSettings.Absence;
import io.paritree.spark.settings.JobSettings.ChallengerScores;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.Margin;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.settings.JobSettings.NonAtomic;
import io.paritree.spark.settings.JobSettings.Order;
import io.paritree.spark.settings.JobSettings.Repeat;
import io.paritree.spark.settings.JobSettings.Withheld;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.store.CallsAtOnce;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/**
 * Reads the settings of a run: which keys there are, and the type and range of each. The defaults
 * are in {@code defaults.conf}.
 */
final class JobSettingsParser {
  private static final long TRILLION = 1_000_000_000_000L;
  private static final String DRIFT_MODE = "scoring-job.drift.mode";
  private static final String NOTIFY_URL = "PARITREE_NOTIFY_URL";
  private static final Pattern CHALLENGER = Pattern.compile("[A-Za-z0-9_]{1,32}=.+");
  private static final Map<String, Mode> MODES =
      Map.of("--dry-run", Mode.DRY_RUN, "--recover", Mode.RECOVER, "--status", Mode.STATUS);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Settings settings;
  private final ParseResult given;
  private final Map<String, String> environment;

  private JobSettingsParser(Settings settings, ParseResult given, Map<String, String> environment) {
    this.settings = settings;
    this.given = given;
    this.environment = environment;
  }

  /**
   * Reads the settings.
   *
   * @param given the options of this run only
   * @param environment has secrets that are not given
   * @param clock gives the id of a run for which none is given
   * @throws ConfigurationException if there are errors; the message names all of them
   */
  static JobSettings read(
      Settings settings, ParseResult given, Map<String, String> environment, Clock clock)
      throws ConfigurationException {
    JobSettingsParser parser = new JobSettingsParser(settings, given, environment);
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
        settings.number("scoring-job.recheck", 0, 1),
        new JobSettings.Input(
            settings.anyText("scoring-job.input"),
            settings.word("scoring-job.input-format", InputFormat.class),
            inputTable(settings, given),
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
            settings.anyText("scoring-job.state-directory"),
            partitions("scoring-job.output-partition"),
            locks(),
            calls(settings)),
        new JobSettings.Columns(
            columns("scoring-job.keys"),
            columns("scoring-job.pass"),
            settings.truth("scoring-job.ignore-case") ? Case.IGNORED : Case.COMPARED,
            settings.truth("scoring-job.margin") ? Margin.WRITTEN : Margin.LEFT_OUT,
            explanation()),
        new JobSettings.Files(
            settings.whole("scoring-job.rows-per-file", 1, TRILLION),
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
        drift(),
        challengers(),
        new JobSettings.Reporting(
            (int) Math.min(Integer.MAX_VALUE, settings.whole("scoring-job.kept-runs", 1, TRILLION)),
            seconds("scoring-job.progress-seconds"),
            destinations()));
  }

  /** Reads which table is read; empty if none is. */
  static Optional<TableToRead> inputTable(Settings settings, ParseResult given) {
    String name = settings.anyText("scoring-job.input-table");
    String asOf = given.matchedOptionValue("--as-of", "");
    if (name.isBlank() && !asOf.isEmpty()) {
      settings.problem("--as-of needs --input-table: it names a version of a table");
    }

    return name.isBlank() ? Optional.empty() : Optional.of(new TableToRead(name, asOf));
  }

  /** Reads how many calls of a store are made at the same time. */
  static CallsAtOnce calls(Settings settings) {
    return new CallsAtOnce((int) settings.whole("scoring-job.store-calls", 1, 1_000));
  }

  private AskedFormat tableFormat() {
    return settings.word("scoring-job.table-format", AskedFormat.class);
  }

  private Optional<TableToWrite> outputTable() {
    String name = settings.anyText("scoring-job.table");
    boolean created = settings.truth("scoring-job.create-table");
    boolean evolved = settings.truth("scoring-job.evolve");
    return name.isBlank()
        ? Optional.empty()
        : Optional.of(new TableToWrite(name, created, evolved));
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
      checkInput(settings, job.input().path(), job.input().format(), job.input().table());
      check("keys", !job.columns().keys().isEmpty());
    }
  }

  /** Checks that not two inputs are given. */
  static void checkInput(
      Settings settings, String path, InputFormat format, Optional<TableToRead> table) {
    if (table.isPresent() && !path.isBlank()) {
      settings.problem("--input and --input-table cannot be combined: choose one");
    } else if (table.isPresent() && format == InputFormat.CSV) {
      settings.problem("--input-format csv cannot be used with --input-table");
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

  private Optional<ExplanationSettings> explanation() {
    int most = (int) settings.whole("scoring-job.reasons", 0, Integer.MAX_VALUE);
    Direction direction = settings.word("scoring-job.reasons-direction", Direction.class);
    String from = settings.anyText("scoring-job.reasons-from");
    boolean contributions = settings.truth("scoring-job.contributions");
    boolean exact = settings.truth("scoring-job.exact");
    float above = Float.NaN;
    if (!from.isEmpty()) {
      try {
        above = Float.parseFloat(from);
      } catch (NumberFormatException e) {
        above = Float.NaN;
      }

      if (Float.isNaN(above)) {
        settings.problem(
            "--reasons-from must be a number, but is '%s'".formatted(Fault.printable(from)));
      }
    }

    if (most == 0 && (direction != Direction.BOTH || !from.isEmpty())) {
      settings.problem("--reasons-direction and --reasons-from need --reasons");
    }

    if (most == 0 && !contributions) {
      if (exact) {
        settings.problem("--exact needs --reasons or --contributions");
      }

      return Optional.empty();
    }

    ContributionMode mode = exact ? ContributionMode.EXACT : ContributionMode.FAST;
    return Optional.of(new ExplanationSettings(most, direction, above, contributions, mode));
  }

  private JobSettings.Drift drift() {
    DriftMode mode = settings.word(DRIFT_MODE, DriftMode.class);
    List<String> rules = settings.texts("scoring-job.drift.rules");
    List<String> more = given.matchedOptionValue("--rule", List.of());
    String accepted = given.matchedOptionValue("--accept-gates", "");
    if (given.hasMatchedOption("--accept-gates")) {
      if (mode != DriftMode.GATE) {
        settings.problem("--accept-gates needs --drift gate: nothing else holds partitions");
      } else if (accepted.isBlank()) {
        settings.problem("--accept-gates needs a reason, which is kept with what is published");
      }
    }

    if (mode == DriftMode.OFF && !more.isEmpty()) {
      settings.problem("--rule cannot be combined with --drift off");
    }

    String by = settings.anyText("scoring-job.drift.by");
    if (mode == DriftMode.OFF && !by.isEmpty()) {
      settings.problem("--drift-by (drift.by) cannot be combined with --drift off");
    }

    for (String rule : Stream.concat(rules.stream(), more.stream()).toList()) {
      try {
        Rule.of(rule, DriftWords.ofAnyModel());
      } catch (RuleException e) {
        settings.problem(e.getMessage());
      }
    }

    return new JobSettings.Drift(
        mode,
        settings.whole("scoring-job.drift.sample-rows", 0, TRILLION),
        settings.whole("scoring-job.drift.impact-rows", 0, TRILLION),
        by,
        rules,
        more,
        accepted.strip(),
        driftTable(mode));
  }

  private JobSettings.Challengers challengers() {
    Map<String, String> models = new LinkedHashMap<>();
    List<String> given =
        settings.texts("scoring-job.challengers", "NAME=MODEL", CHALLENGER.asMatchPredicate());
    for (String challenger : given) {
      int end = challenger.indexOf('=');
      if (CHALLENGER.asMatchPredicate().test(challenger)
          && models.put(challenger.substring(0, end), challenger.substring(end + 1)) != null) {
        settings.problem(
            "--challenger has the name '%s' twice: each needs one of its own"
                .formatted(challenger.substring(0, end)));
      }
    }

    if (models.size() > JobSettings.Challengers.MOST) {
      settings.problem(
          "--challenger is given %s times: there can be %s"
              .formatted(models.size(), JobSettings.Challengers.MOST));
    }

    boolean required = settings.truth("scoring-job.challenger-required");
    if (required && models.isEmpty()) {
      settings.problem("--challenger-required needs --challenger");
    }

    boolean written = settings.truth("scoring-job.challenger-columns");
    if (written && models.isEmpty()) {
      settings.problem("--challenger-columns needs --challenger");
    }

    Optional<TableToWrite> table =
        historyTable(
            settings,
            "--challenger-table",
            "challenger-table",
            List.of("input", "input-table", "output", "table", "drift.table"));
    if (table.isPresent() && models.isEmpty()) {
      settings.problem("--challenger-table needs --challenger");
    }

    return new JobSettings.Challengers(
        models,
        written ? ChallengerScores.WRITTEN : ChallengerScores.LEFT_OUT,
        table,
        required ? Absence.REFUSED : Absence.REPORTED);
  }

  private Optional<TableToWrite> driftTable(DriftMode mode) {
    Optional<TableToWrite> table =
        historyTable(
            settings,
            "--drift-table",
            "drift.table",
            List.of("input", "input-table", "output", "table"));
    if (table.isPresent() && mode == DriftMode.OFF) {
      settings.problem("--drift-table (drift.table) cannot be combined with --drift off");
    }

    return table;
  }

  /**
   * Reads the table that an option names, which runs append to; empty if none is named.
   *
   * @param others keys of places that it must not be
   */
  static Optional<TableToWrite> historyTable(
      Settings settings, String option, String key, List<String> others) {
    String name = settings.anyText("scoring-job." + key);
    if (name.isBlank()) {
      return Optional.empty();
    }

    others.stream()
        .filter(other -> settings.anyText("scoring-job." + other).equals(name))
        .findFirst()
        .ifPresent(
            other ->
                settings.problem(
                    "%s must be another place than --%s, but both are '%s'"
                        .formatted(
                            option,
                            other.substring(other.indexOf('.') + 1),
                            Fault.printable(name))));
    TableToWrite table = new TableToWrite(name, false, false);
    table
        .problem()
        .ifPresent(problem -> settings.problem("Cannot use %s: %s".formatted(option, problem)));
    return Optional.of(table);
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
        notified(),
        Duration.ofSeconds(settings.whole("scoring-job.delivery-seconds", 1, 86_400)));
  }

  /** Only rules and gates give reasons to notify anybody, apart from quarantined rows. */
  private Optional<SecretAddress> notified() {
    Optional<SecretAddress> given = settings.secretAddress("scoring-job.drift.notify-url");
    DriftMode mode = settings.word(DRIFT_MODE, DriftMode.class);
    if (mode == DriftMode.OFF) {
      if (given.isPresent()) {
        settings.problem("--notify-url cannot be combined with --drift off");
      }

      return Optional.empty();
    }

    String known = environment.getOrDefault(NOTIFY_URL, "");
    if (given.isPresent() || known.isBlank()) {
      return given;
    }

    Optional<SecretAddress> address = SecretAddress.of(known.strip());
    if (address.isEmpty()) {
      settings.problem(
          "the environment's %s must be %s".formatted(NOTIFY_URL, SecretAddress.EXPECTED));
    }

    return address;
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
