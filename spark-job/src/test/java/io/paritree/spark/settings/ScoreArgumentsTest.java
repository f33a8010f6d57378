package io.paritree.spark.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.EngineKind;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.publish.LockTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options and keys are a closed set; the command line overrides the file; errors are named. */
class ScoreArgumentsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
  private static final Path DOCUMENTED =
      Path.of(System.getProperty("paritree.root"), "conf", "scoring-job.conf");

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

    assertThat(JobConfig.keys()).allSatisfy(key -> assertThat(text).contains(" " + key + " = "));
  }

  private static JobSettings defaults() {
    return new JobSettings(
        JobSettings.Mode.SCORE,
        "m",
        "i",
        InputFormat.PARQUET,
        new PartitionChoice(List.of(), Optional.empty(), PartitionChoice.Missing.REFUSED),
        "",
        "o",
        "",
        List.of("a", "b"),
        List.of(),
        List.of(),
        ReadColumn.Case.COMPARED,
        JobSettings.Duplicates.REPORTED,
        JobSettings.Margin.LEFT_OUT,
        EngineKind.FOREST,
        0.05,
        "20260102T030405Z",
        JobSettings.Repeat.LEFT_AS_IT_IS,
        JobSettings.Foreign.REFUSED,
        JobSettings.NonAtomic.REFUSED,
        10_000_000,
        128 << 20,
        JobSettings.Order.AS_READ,
        100,
        Duration.ofSeconds(5),
        "",
        LockTimes.DEFAULT);
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
    assertThat(settings.partitions().requested()).containsExactly(new PartitionValue("day", "2"));
    assertThat(settings.maxQuarantined()).isEqualTo(0.1);
    assertThat(settings.keys()).containsExactly("k,1");
    assertThat(settings.inputFormat()).isEqualTo(InputFormat.CSV);
    assertThat(settings.margin()).isEqualTo(JobSettings.Margin.WRITTEN);
    assertThat(settings.pass()).containsExactly("p");
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
