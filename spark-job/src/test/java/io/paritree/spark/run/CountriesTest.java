package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Country;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.StepObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run publishes and reports the same in every country. */
class CountriesTest {
  private static final int ROWS = 1_500;

  @TempDir Path directory;

  private String model;
  private Path input;

  private JobRun score(Path output, Object... more) {
    return JobRun.observed(
        StepObserver.NONE,
        Map.of("--model", model, "--input", input, "--keys", "parcel_id", "--output", output),
        more);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG", "tr-TR"})
  void filesHaveTheSameRowsAndNames(String language) throws Exception {
    model = new TestPackages(directory.resolve("models")).binary().toString();
    input = directory.resolve("in");
    Parcels.write(input.resolve("day=2024-01-01"), 0, ROWS, 300, 2);
    Path expected = directory.resolve("expected");
    JobRun usual = score(expected, "--lookup-index");
    assertThat(usual.exitCode()).as(usual.err()).isZero();
    Path output = directory.resolve("out");

    JobRun run = Country.in(language, () -> score(output, "--lookup-index", "--run-id", "I"));
    JobRun again = Country.in(language, () -> score(output, "--lookup-index"));

    assertThat(Country.in(language, () -> StatusTest.status(output)))
        .matches("(?s)\\p{ASCII}*")
        .contains("I  published, exit code 0");
    for (JobRun each : List.of(run, again)) {
      assertThat(each.exitCode()).as(each.err()).isZero();
      assertThat(each.out() + each.err()).matches("(?s)\\p{ASCII}*");
    }

    assertThat(run.out()).contains("1,495");
    assertThat(again.out()).contains("already published");
    assertThat(score(output, "--lookup-index").out()).contains("already published");
    assertThat(Scores.of(output)).hasSize(1_495).isEqualTo(Scores.of(expected));
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all).allMatch(file -> file.toString().matches("\\p{ASCII}*"));
    }
  }
}
