package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An input whose files change while it is scored is not published; one that gets new files is
 * published without them.
 */
class InputChangesTest {
  private static final int ROWS = 300;

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void csvThatIsShortenedAfterTheCheckIsNotPublished() throws Exception {
    Path changed = Parcels.writeCsv(input().resolve("a.csv"), 0, ROWS);
    Parcels.writeCsv(input().resolve("b.csv"), ROWS, 2 * ROWS);
    List<String> lines = Files.readAllLines(changed);

    JobRun run =
        score("csv", Step.INPUT_CHECKED, () -> Files.write(changed, lines.subList(0, ROWS / 2)));

    assertRefused(run, "a.csv");
    assertThat(score("csv", Step.INPUT_CHECKED, () -> {}).exitCode()).isZero();
    assertThat(Scores.of(output())).hasSize(ROWS / 2 - 1 + ROWS);
  }

  @Test
  void parquetThatIsWrittenAgainWithAsManyRowsIsNotPublished() throws Exception {
    Path changed = parquet();

    JobRun run =
        score(
            "parquet",
            Step.SCORED,
            () ->
                Files.setLastModifiedTime(
                    changed,
                    FileTime.fromMillis(Files.getLastModifiedTime(changed).toMillis() + 1)));

    assertRefused(run, changed.getFileName().toString());
  }

  @Test
  void fileThatIsGoneBeforePublishingKeepsTheOutputAsItWas() throws Exception {
    Path gone = parquet();

    assertRefused(
        score("parquet", Step.SCORED, () -> Files.delete(gone)), gone.getFileName().toString());
  }

  @Test
  void inputOfOneFileIsWatchedToo() throws Exception {
    Path file = Parcels.writeCsv(input().resolve("a.csv"), 0, ROWS);

    JobRun run =
        observed(
            "csv", file, Step.SCORED, () -> Files.writeString(file, Files.readString(file) + "\n"));

    assertRefused(run, "a.csv");
  }

  @Test
  void fileThatIsAddedWaitsForTheNextRun() throws Exception {
    Parcels.writeCsv(input().resolve("a.csv"), 0, ROWS);

    JobRun run =
        score(
            "csv",
            Step.INPUT_CHECKED,
            () -> Parcels.writeCsv(input().resolve("b.csv"), ROWS, 2 * ROWS));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output())).hasSize(ROWS);
    assertThat(score("csv", Step.SCORED, () -> {}).exitCode()).isZero();
    assertThat(Scores.of(output())).hasSize(2 * ROWS);
  }

  private void assertRefused(JobRun run, String file) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "Cannot publish: 1 of ", "input files", "since the run began, for instance " + file)
        .as("a stack trace says no more")
        .doesNotContain("\tat ");
    assertThat(output()).doesNotExist();
  }

  private Path parquet() throws IOException {
    Parcels.write(input(), 0, ROWS, 0, 2);
    try (Stream<Path> files = Files.list(input())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private JobRun score(String format, Step step, Change change) {
    return observed(format, input(), step, change);
  }

  private JobRun observed(String format, Path input, Step step, Change change) {
    StepObserver observer =
        reached -> {
          if (reached == step) {
            try {
              change.make();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return JobRun.observed(
        observer,
        "--model",
        model,
        "--input",
        input,
        "--input-format",
        format,
        "--output",
        output(),
        "--keys",
        "parcel_id");
  }

  private Path input() {
    return directory.resolve("in");
  }

  private Path output() {
    return directory.resolve("out");
  }

  private interface Change {
    void make() throws IOException;
  }
}
