package io.paritree.spark.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.paritree.drift.DriftWords;
import io.paritree.model.EngineKind;
import io.paritree.output.PartitionValue;
import io.paritree.reasons.Direction;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.DateRange;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options and keys are a closed set; the command line overrides the file; errors are named. */
class ScoreArgumentsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
  private static final Path DOCUMENTED =
      Path.of(System.getProperty("paritree.root"), "conf", "scoring-job.conf");

  private static final Destinations NOWHERE =
      new Destinations(
          "", Optional.empty(), Optional.empty(), "paritree", "", Duration.ofSeconds(10));

  @TempDir Path directory;

  @Test
  void defaultsArePinned() throws UsageException {
    assertThat(parse("--model", "m", "--input", "i", "--output", "o", "--keys", "a,b"))
        .isEqualTo(defaults());
  }

  @Test
  void documentedFileGivesTheDefaults() throws UsageException {
    assertThat(
            parse(
                "--model",
                "m",
                "--input",
                "i",
                "--output",
                "o",
                "--keys",
                "a,b",
                "--conf",
                DOCUMENTED.toString()))
        .isEqualTo(defaults());
  }

  @Test
  void documentedFileNamesEveryKey() throws IOException {
    String text = Files.readString(DOCUMENTED);
    Config defaults = ConfigFactory.parseResources(ScoreArguments.class, "defaults.conf");

    assertThat(defaults.getConfig("scoring-job").entrySet())
        .hasSize(62)
        .extracting(Map.Entry::getKey)
        .allSatisfy(
            key ->
                assertThat(text).contains(" " + key.substring(key.lastIndexOf('.') + 1) + " = "));
  }

  private static JobSettings defaults() {
    return new JobSettings(
        JobSettings.Mode.SCORE,
        "20260102T030405Z",
        "m",
        EngineKind.FOREST,
        new JobSettings.Input(
            "i",
            InputFormat.PARQUET,
            Optional.empty(),
            AskedFormat.AUTO,
            new PartitionChoice(List.of(), Optional.empty(), PartitionChoice.Missing.REFUSED),
            ""),
        new JobSettings.Output(
            "o",
            Optional.empty(),
            AskedFormat.AUTO,
            List.of(),
            LockTimes.DEFAULT,
            CallsAtOnce.DEFAULT),
        new JobSettings.Columns(
            List.of("a", "b"), List.of(), JobSettings.Margin.LEFT_OUT, Optional.empty()),
        new JobSettings.Files(
            10_000_000, 128 << 20, JobSettings.Order.AS_READ, JobSettings.LookupIndex.LEFT_OUT),
        new JobSettings.Conditions(
            JobSettings.Duplicates.REPORTED,
            0.05,
            JobSettings.Withheld.THE_PARTITION,
            JobSettings.Repeat.LEFT_AS_IT_IS,
            JobSettings.Foreign.REFUSED,
            JobSettings.NonAtomic.REFUSED),
        new JobSettings.Drift(
            JobSettings.DriftMode.AUTO, 200_000, 5_000, DriftWords.DEFAULT_RULES, List.of(), ""),
        new JobSettings.Challengers(
            Map.of(), JobSettings.ChallengerScores.LEFT_OUT, JobSettings.Absence.REPORTED),
        new JobSettings.Reporting(100, Duration.ofSeconds(5), NOWHERE));
  }

  @Test
  void aColumnWithACommaOrAQuoteInItsNameIsGivenInQuotes() throws Exception {
    JobSettings settings =
        parse(
            "--model=m",
            "--input=i",
            "--output=o",
            "--keys",
            "\"a,b\",c",
            "--pass=\"d \\\"e\\\"\",f");

    assertThat(settings.columns().keys()).containsExactly("a,b", "c");
    assertThat(settings.columns().pass()).containsExactly("d \"e\"", "f");
  }

  @Test
  void commandLineWinsOverTheFile() throws Exception {
    Path conf =
        conf(
            """
            scoring-job {
              model = "file-model", input = "i", output = "o", keys = ["k,1"], engine = xgboost
              partitions = ["day=1"], max-quarantined = 0.5, margin = true, input-format = csv
              pass = [p]
            }
            """);

    JobSettings settings =
        parse(
            "--conf",
            conf.toString(),
            "--model",
            "mine",
            "--engine",
            "forest",
            "--partition",
            "day=2",
            "--max-quarantined",
            "0.1");

    assertThat(settings.model()).isEqualTo("mine");
    assertThat(settings.engine()).isEqualTo(EngineKind.FOREST);
    assertThat(settings.input().partitions().requested())
        .containsExactly(new PartitionValue("day", "2"));
    assertThat(settings.conditions().maxQuarantined()).isEqualTo(0.1);
    assertThat(settings.columns().keys()).containsExactly("k,1");
    assertThat(settings.input().format()).isEqualTo(InputFormat.CSV);
    assertThat(settings.columns().margin()).isEqualTo(JobSettings.Margin.WRITTEN);
    assertThat(settings.columns().pass()).containsExactly("p");
  }

  @Test
  void eachOptionIsRead() throws Exception {
    JobSettings settings =
        parse(
            "--model=m",
            "--input=i",
            "--input-format=csv",
            "--partition=day=1",
            "--partition=day=2",
            "--from=day=2024-01-01",
            "--to=2024-01-02",
            "--skip-missing",
            "--group-by=day",
            "--output=o",
            "--keys=a,b",
            "--output-partition=run=1",
            "--pass=c,d",
            "--unique-keys",
            "--file-size=2 MiB",
            "--sort-by-keys",
            "--lookup-index",
            "--margin",
            "--reasons=4",
            "--reasons-direction=up",
            "--reasons-from=0.5",
            "--contributions",
            "--engine=xgboost",
            "--max-quarantined=1",
            "--all-or-nothing",
            "--drift=gate",
            "--rule=any.psi > 0.25",
            "--rule",
            "rows > 2 * previous",
            "--accept-gates=moved, on purpose",
            "--challenger=next=c/4",
            "--challenger=b=c@b=1",
            "--challenger-columns",
            "--challenger-required",
            "--run-id=r",
            "--force",
            "--replace-foreign",
            "--accept-non-atomic",
            "--dry-run");

    assertThat(settings)
        .isEqualTo(
            new JobSettings(
                JobSettings.Mode.DRY_RUN,
                "r",
                "m",
                EngineKind.XGBOOST,
                new JobSettings.Input(
                    "i",
                    InputFormat.CSV,
                    Optional.empty(),
                    AskedFormat.AUTO,
                    new PartitionChoice(
                        List.of(new PartitionValue("day", "1"), new PartitionValue("day", "2")),
                        Optional.of(DateRange.parse("day=2024-01-01", "day=2024-01-02")),
                        PartitionChoice.Missing.SKIPPED),
                    "day"),
                new JobSettings.Output(
                    "o",
                    Optional.empty(),
                    AskedFormat.AUTO,
                    List.of(new PartitionValue("run", "1")),
                    LockTimes.DEFAULT,
                    CallsAtOnce.DEFAULT),
                new JobSettings.Columns(
                    List.of("a", "b"),
                    List.of("c", "d"),
                    JobSettings.Margin.WRITTEN,
                    Optional.of(new ExplanationSettings(4, Direction.UP, 0.5f, true))),
                new JobSettings.Files(
                    10_000_000, 2 << 20, JobSettings.Order.BY_KEYS, JobSettings.LookupIndex.BUILT),
                new JobSettings.Conditions(
                    JobSettings.Duplicates.REFUSED,
                    1,
                    JobSettings.Withheld.ITS_GROUP,
                    JobSettings.Repeat.PUBLISHED_AGAIN,
                    JobSettings.Foreign.REPLACED,
                    JobSettings.NonAtomic.ACCEPTED),
                new JobSettings.Drift(
                    JobSettings.DriftMode.GATE,
                    200_000,
                    5_000,
                    DriftWords.DEFAULT_RULES,
                    List.of("any.psi > 0.25", "rows > 2 * previous"),
                    "moved, on purpose"),
                new JobSettings.Challengers(
                    Map.of("next", "c/4", "b", "c@b=1"),
                    JobSettings.ChallengerScores.WRITTEN,
                    JobSettings.Absence.REFUSED),
                new JobSettings.Reporting(100, Duration.ofSeconds(5), NOWHERE)));
    assertThat(parse("--output", "o", "--recover").mode()).isEqualTo(JobSettings.Mode.RECOVER);
    assertThat(parse("--output", "o", "--status").runId()).isEmpty();
  }

  @Test
  void rulesAboutDriftAreRefusedAtOnce() throws Exception {
    Path conf = conf("scoring-job.drift.rules = [\"any.mising > 0.2\", \"any.missing > 0.2\"]");
    assertThatThrownBy(
            () ->
                parse(
                    good("--conf=" + conf, "--rule=rows < 0.5 * reference", "--accept-gates= ")
                        .toArray(String[]::new)))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll(
            "Cannot use the rule 'any.mising > 0.2': there is no measure of any 'mising'; did you"
                + " mean missing?",
            "Cannot use the rule 'rows < 0.5 * reference': there is no baseline 'reference'",
            "--accept-gates needs --drift gate");
    assertThatThrownBy(
            () -> parse(good("--drift=off", "--rule=any.psi > 1").toArray(String[]::new)))
        .hasMessageContaining("--rule cannot be combined with --drift off");
    assertThatThrownBy(() -> parse(good("--drift=gate", "--accept-gates= ").toArray(String[]::new)))
        .hasMessageContaining("--accept-gates needs a reason");
  }

  @Test
  void challengersHaveNamesOfTheirOwn() throws Exception {
    for (String wrong : List.of("c/4", "=c/4", "a.b=c/4", "x=")) {
      assertThatThrownBy(() -> parse(good("--challenger=" + wrong).toArray(String[]::new)))
          .as(wrong)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("NAME=MODEL");
    }

    assertThatThrownBy(
            () -> parse(good("--challenger=a=1", "--challenger=a=2").toArray(String[]::new)))
        .hasMessageContaining("--challenger has the name 'a' twice");
    assertThatThrownBy(() -> parse(good("--challenger-required").toArray(String[]::new)))
        .hasMessageContaining("--challenger-required needs --challenger");
    assertThatThrownBy(() -> parse(good("--challenger-columns").toArray(String[]::new)))
        .hasMessageContaining("--challenger-columns needs --challenger");
    String[] nine =
        IntStream.range(0, 9).mapToObj("--challenger=c%s=m"::formatted).toArray(String[]::new);
    assertThatThrownBy(() -> parse(good(nine).toArray(String[]::new)))
        .hasMessageContaining("--challenger is given 9 times: there can be 8");
  }

  @Test
  void destinationsAreReadFromTheFile() throws Exception {
    Path conf =
        conf(
            """
            scoring-job {
              metrics-file = m, pushgateway-url = "http://p:9091", lineage-url = "https://l/api"
              lineage-namespace = n, lineage-job = j, delivery-seconds = 3
            }
            """);

    assertThat(parse(good("--conf=" + conf).toArray(String[]::new)).reporting().destinations())
        .isEqualTo(
            new Destinations(
                "m",
                Optional.of(URI.create("http://p:9091")),
                Optional.of(URI.create("https://l/api")),
                "n",
                "j",
                Duration.ofSeconds(3)));
  }

  @Test
  void addressesWithPasswordsAreRefusedAndNotShown() throws Exception {
    Path conf =
        conf(
            """
            scoring-job { pushgateway-url = "http://me:secret@p", lineage-url = "ftp://l?key=secret"
              }
            """);

    assertThatThrownBy(() -> parse(good("--conf=" + conf).toArray(String[]::new)))
        .hasMessageContainingAll(
            "scoring-job.pushgateway-url must be an http or https address without user",
            "scoring-job.lineage-url must be")
        .hasMessageNotContaining("secret");
  }

  @Test
  void flagsCanBeTakenBack() throws Exception {
    Path conf = conf("scoring-job.margin = true\n");
    JobSettings settings =
        parse(
            good("--conf=" + conf, "--margin=false", "--force=false", "--dry-run=false")
                .toArray(String[]::new));

    assertThat(settings.columns().margin()).isEqualTo(JobSettings.Margin.LEFT_OUT);
    assertThat(settings.conditions().repeat()).isEqualTo(JobSettings.Repeat.LEFT_AS_IT_IS);
    assertThat(settings.mode()).isEqualTo(JobSettings.Mode.SCORE);
  }

  @Test
  void allMistakesAreReportedTogetherAndByWhatWasGiven() throws IOException {
    Path conf =
        conf(
            """
            scoring-job {
              rows-per-file = 0.5
              lock-beat-seconds = 50
              keep-runs = 3
              force = true
            }
            model = m
            """);

    assertThatThrownBy(
            () ->
                parse(
                    "--conf=" + conf,
                    "--partition=2024",
                    "--engine=gpu",
                    "--file-size=1023KiB",
                    "--max-quarantined=1.5",
                    "--keys=a,,b",
                    "--from=2024-01-01",
                    "--run-id=a/b"))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll(
            "--model is missing: give it on the command line, or as scoring-job.model in the",
            "--input is missing",
            "--output is missing",
            "--keys must be a list of names of columns, but has ''",
            "--partition must be a list of COLUMN=VALUE, but has '2024'",
            "--engine must be one of [forest, xgboost], but is 'gpu'",
            "--file-size must be a size from 1 MiB to 1 TiB, but is '1023KiB'",
            "--max-quarantined must be a number from 0 to 1, but is '1.5'",
            "--from and --to must be given together",
            "--run-id must be 1 to 64 letters",
            "scoring-job.rows-per-file must be a whole number from 1 to 1000000000000, but is '0.5' (",
            "job.conf: 2)",
            "scoring-job.lock-beat-seconds and lock-stale-seconds: Cannot use a beat of PT50S",
            "scoring-job.keep-runs is not known (",
            "job.conf: 4); did you mean scoring-job.kept-runs?",
            "scoring-job.force is not known (",
            "model is not known (",
            "the known keys are scoring-job.accept-non-atomic, ");
  }

  @Test
  void whatIsNoGroupOfKeysIsRefused() throws IOException {
    Path conf = conf("scoring-job = fast\n");

    assertThatThrownBy(() -> parse("--conf", conf.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("job.conf: 1: scoring-job has type STRING rather than OBJECT");
  }

  @Test
  void unknownKeyIsRefusedByItsName() throws IOException {
    Path conf = conf("scoring-job { max-quarantine = 0.5 }\nother.key = 1\n");

    assertThatThrownBy(() -> parse("--conf", conf.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("scoring-job.max-quarantine", "other.key", "max-quarantined");
  }

  @Test
  void valueOfAWrongTypeIsRefusedByItsKey() throws IOException {
    Path conf = conf("scoring-job.kept-runs = many\n");

    assertThatThrownBy(() -> parse("--conf", conf.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("scoring-job.kept-runs");
  }

  @Test
  void wrongUsageIsNamed() {
    List<List<String>> wrong = new ArrayList<>();
    wrong.add(List.of("--input", "i", "--output", "o", "--keys", "k"));
    wrong.add(List.of("--model", "m", "--output", "o", "--keys", "k"));
    wrong.add(List.of("--model", "m", "--input", "i", "--keys", "k"));
    wrong.add(List.of("--model", "m", "--input", "i", "--output", "o"));
    wrong.add(good("--max-quarantined", "1.5"));
    wrong.add(good("--max-quarantined", "NaN"));
    wrong.add(good("--engine", "gpu"));
    wrong.add(good("--partition", "2024"));
    wrong.add(good("--from", "2024-01-01"));
    wrong.add(good("--from", "2024-01-01", "--to", "2023-01-01"));
    wrong.add(good("--from", "a=2024-01-01", "--to", "b=2024-01-02"));
    wrong.add(good("--from", "yesterday", "--to", "2024-01-02"));
    wrong.add(good("--run-id", "a/b"));
    wrong.add(good("--run-id", ".."));
    wrong.add(good("--dry-run", "--status"));
    wrong.add(good("--nonsense"));
    wrong.add(good("--file-size", "1023KiB"));
    wrong.add(good("--file-size", "2TiB"));
    wrong.add(good("--file-size", "large"));
    wrong.add(good("--conf", "/nowhere/at/all.conf"));

    for (List<String> arguments : wrong) {
      assertThatThrownBy(() -> parse(arguments.toArray(String[]::new)))
          .as(arguments.toString())
          .isInstanceOf(UsageException.class)
          .extracting(e -> ((UsageException) e).outcome().exitCode())
          .isEqualTo(2);
    }
  }

  private static List<String> good(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--model", "m", "--input", "i", "--output", "o", "--keys", "k"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private Path conf(String text) throws IOException {
    return Files.writeString(directory.resolve("job.conf"), text);
  }

  private static JobSettings parse(String... arguments) throws UsageException {
    return ScoreArguments.parse(CLOCK, arguments).orElseThrow();
  }
}
