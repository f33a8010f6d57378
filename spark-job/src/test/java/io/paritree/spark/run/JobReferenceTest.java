package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.paritree.docs.Block;
import io.paritree.docs.Page;
import io.paritree.model.TestPackages;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.settings.AuditArguments;
import io.paritree.spark.settings.OutcomeArguments;
import io.paritree.spark.settings.ProveArguments;
import io.paritree.spark.settings.ScoreArguments;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference of the job says what the code does. */
class JobReferenceTest {
  @TempDir Path directory;

  /** With {@code -Ddocs.write=true} the page gets them. */
  @Test
  void theOptionsAreThoseOfTheHelp() {
    Block block =
        Page.made("docs/reference/score.md", 0, ScoreArguments.command(Clock.systemUTC()).usage());

    assertThat(block.text())
        .as(block.toString())
        .isEqualTo(ScoreArguments.command(Clock.systemUTC()).usage());
  }

  @Test
  void theOptionsOfOutcomesAreThoseOfTheHelp() {
    Block block = Page.made("docs/reference/outcomes.md", 0, OutcomeArguments.COMMAND.usage());

    assertThat(block.text()).as(block.toString()).isEqualTo(OutcomeArguments.COMMAND.usage());
  }

  @Test
  void theOptionsOfAuditsAreThoseOfTheHelp() {
    Block block = Page.made("docs/reference/parity.md", 0, AuditArguments.COMMAND.usage());

    assertThat(block.text()).as(block.toString()).isEqualTo(AuditArguments.COMMAND.usage());
  }

  @Test
  void theOptionsOfProofsAreThoseOfTheHelp() {
    Block block = Page.made("docs/reference/parity.md", 2, ProveArguments.COMMAND.usage());

    assertThat(block.text()).as(block.toString()).isEqualTo(ProveArguments.COMMAND.usage());
  }

  @Test
  void theSettingsHaveTheDefaultsOfTheCode() {
    Config defaults =
        ConfigFactory.parseResources(ScoreArguments.class, "defaults.conf")
            .getConfig("scoring-job");
    List<String> expected = new ArrayList<>();
    defaults
        .entrySet()
        .forEach(
            setting -> expected.add("%s %s".formatted(setting.getKey(), text(setting.getValue()))));

    List<String> rows = new ArrayList<>();
    for (String line : Page.of("docs/reference/job-settings.md").lines()) {
      Matcher row = Pattern.compile("\\| `([a-z.-]+)` \\| `([^`]*)` \\|.*").matcher(line);
      if (row.matches()) {
        rows.add(
            "%s %s".formatted(row.group(1), row.group(2).replace("\"", "").replace("\\|", "|")));
      }
    }

    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String text(ConfigValue value) {
    return value.valueType() == ConfigValueType.NUMBER
        ? new BigDecimal(value.unwrapped().toString()).toPlainString()
        : value.render(ConfigRenderOptions.concise()).replace("\"", "");
  }

  @Test
  void eachOutcomeHasItsExitCode() {
    List<String> rows =
        Page.of("docs/reference/exit-codes.md").lines().stream()
            .filter(line -> line.matches("\\| [0-9] \\| `.*"))
            .toList();

    Set<Outcome> ofRuns = EnumSet.complementOf(EnumSet.of(Outcome.DIFFERS));
    for (Outcome outcome : ofRuns) {
      assertThat(rows)
          .anyMatch(
              row ->
                  row.startsWith("| %s | ".formatted(outcome.exitCode()))
                      && row.contains("`" + outcome.word() + "`"));
    }

    assertThat(rows).hasSize((int) ofRuns.stream().mapToInt(Outcome::exitCode).distinct().count());
  }

  @Test
  void theMembersOfWhatARunWritesAreThere() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary();
    Path input = Parcels.write(directory.resolve("in"), 0, 200, 50, 1);
    Path output = directory.resolve("out");
    assertThat(JobRun.ofParcels(model, input, output, "--reasons", "2").exitCode()).isZero();
    String page = Page.of("docs/reference/formats.md").text();

    List<Path> files;
    try (Stream<Path> walked = Files.walk(directory)) {
      files =
          walked
              .filter(file -> file.endsWith("report.json") || file.endsWith("_paritree.json"))
              .toList();
    }

    assertThat(files).hasSize(2);
    for (Path file : files) {
      JsonNode json = new ObjectMapper().readTree(file.toFile());
      json.fieldNames()
          .forEachRemaining(
              member -> assertThat(page).as(file.toString()).contains("`" + member + "`"));
    }
  }
}
