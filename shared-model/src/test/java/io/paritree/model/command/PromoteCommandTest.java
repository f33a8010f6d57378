package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.difference.ModelPair;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An alias moves to a version that evidence has shown to be what is required, and to no other. */
class PromoteCommandTest {
  private static final String NAME = TestPackages.BINARY;
  private static final int ROWS = 200;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path store;
  private Path comparison;

  @BeforeEach
  void compare() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    for (int version = 1; version <= 3; version++) {
      packages.binary(version, 5 + version);
    }

    store = packages.store();
    alias(0, "--version", "1");
    List<String> lines = new ArrayList<>(List.of(String.join(",", TestRecords.COLUMNS)));
    for (int row = 0; row < ROWS; row++) {
      lines.add(TestRecords.csvLine(row));
    }

    Path rows = Files.write(directory.resolve("rows.csv"), lines);
    run(0, "diff", version(1), version(2), "--input", rows, "--format", "json");
    comparison = Files.writeString(directory.resolve("comparison.json"), out.toString());
  }

  private Path version(long number) {
    return store.resolve(NAME).resolve(String.valueOf(number));
  }

  private long champion() throws Exception {
    return Long.parseLong(
        Files.readString(store.resolve(NAME).resolve("aliases/champion")).strip());
  }

  private void alias(int exitCode, Object... more) {
    change(exitCode, "alias", more);
  }

  private void promote(int exitCode, Object... more) {
    change(exitCode, "promote", more);
  }

  private void change(int exitCode, String command, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(command, "--store", store, "--name", NAME));
    arguments.addAll(Arrays.asList(more));
    run(exitCode, arguments.toArray());
  }

  private void run(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s%n%s", List.of(texts), out, err).isEqualTo(exitCode);
  }

  @Test
  void whatIsShownMovesTheAliasAndTheJournalHasWhatWasShown() throws Exception {
    promote(
        0,
        "--version",
        2,
        "--evidence",
        comparison,
        "--require",
        "contract.http < breaking",
        "--require",
        "data.rows >= 200",
        "--require",
        "age.days <= 7");

    assertThat(champion()).isEqualTo(2);
    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).matches("requirement +value +verdict"),
            line -> assertThat(line).matches("contract\\.http < breaking +compatible +met"),
            line -> assertThat(line).matches("data\\.rows >= 200 +200 +met"),
            line -> assertThat(line).matches("age\\.days <= 7 +[0-9.e-]+ +met"),
            line -> assertThat(line).isEqualTo(NAME + "@champion is version 2 now, it was 1"));
    alias(0, "--history", "--format", "json");
    assertThat(out.toString())
        .contains("\"promote\"", Sha256.hex(Files.readAllBytes(comparison)), "data.rows >= 200")
        .containsPattern("\"kind\" *: *\"diff\",\\s*\"rows\" *: *200,\\s*\"ended_at\" *: *\"20")
        .containsPattern("\"used\" *: *true");
    alias(0, "--back");
    assertThat(champion()).isEqualTo(1);
  }

  @Test
  void whatIsNotShownMovesNothingAndEachTryIsInTheJournal() throws Exception {
    byte[] changed = Files.readAllBytes(comparison);
    int at = new String(changed, StandardCharsets.UTF_8).indexOf("\"rows\"") + 8;
    changed[at]++;
    Path broken = Files.write(directory.resolve("changed.json"), changed);
    Instant old = Instant.now().minus(Duration.ofDays(8));
    ModelPair models =
        new ModelPair(
            Opening.open(version(1).toString(), EngineKind.FOREST),
            Opening.open(version(2).toString(), EngineKind.FOREST));
    Path aged =
        Files.write(
            directory.resolve("old.json"),
            models.comparison("diff", Optional.empty(), old, old).toJson());

    promote(8, "--version", 3, "--evidence", comparison, "--require", "data.rows >= 1");
    assertThat(err.toString()).contains("it compares the packages", NAME + "/3");
    assertThat(out.toString()).containsPattern("data.rows >= 1 +there is no evidence +not met");
    promote(8, "--version", 2, "--evidence", broken, "--require", "data.rows >= 1");
    assertThat(err.toString()).contains("changed.json", "it was changed");
    promote(8, "--version", 2, "--evidence", comparison, "--require", "data.rows >= 201");
    assertThat(out.toString()).containsPattern("data.rows >= 201 +200 +not met");
    promote(8, "--version", 2, "--evidence", aged, "--require", "age.days <= 7");
    assertThat(out.toString()).containsPattern("age.days <= 7 +8(.0+)?[0-9]* +not met");
    promote(8, "--version", 2, "--evidence", aged, "--require", "data.ks <= 1");
    assertThat(out.toString()).contains("the comparison has no data.ks");
    promote(8, "--version", 2, "--require", "age.days <= 7");

    assertThat(champion()).isEqualTo(1);
    alias(0, "--history");
    assertThat(out.toString().lines().filter(line -> line.contains("(refused: 1 of 1"))).hasSize(6);
    promote(
        0,
        "--version",
        2,
        "--evidence",
        comparison,
        "--evidence",
        aged,
        "--require",
        "data.ks < 1");
    alias(0, "--back");
    assertThat(champion()).isEqualTo(1);
  }

  @Test
  void aGuardedAliasMovesWithEvidenceOrAReasonOrBack() throws Exception {
    Files.writeString(
        store.resolve(NAME).resolve("promotion.json"),
        "{\"aliases\": {\"champion\": {\"require\": [\"data.rows >= 1000\"]}}}");

    alias(8, "--version", "2");
    assertThat(err.toString()).contains("promotion.json", "model promote");
    alias(8, "--remove");
    alias(0, "--alias", "challenger", "--version", "2");
    promote(8, "--version", 2, "--evidence", comparison, "--require", "age.days <= 7");
    assertThat(out.toString()).contains("age.days <= 7").containsPattern("1000 +200 +not met");
    assertThat(champion()).isEqualTo(1);

    promote(0, "--version", 2, "--override", "the old one is wrong");
    assertThat(champion()).isEqualTo(2);
    alias(0, "--history");
    assertThat(out.toString()).contains("(overridden: the old one is wrong)");
    alias(0, "--back");
    assertThat(champion()).isEqualTo(1);
  }

  @Test
  void whatIsNoRequirementIsRefusedAndNotPassedOver() throws Exception {
    promote(2, "--version", 2, "--evidence", comparison);
    assertThat(err.toString()).contains("without a requirement");
    promote(2, "--version", 2, "--evidence", comparison, "--require", "data.row >= 1");
    assertThat(err.toString()).contains("did you mean rows?");
    Path guard = store.resolve(NAME).resolve("promotion.json");
    Files.writeString(guard, "{\"aliases\": {\"champion\": {\"require\": [\"rows\"]}}}");
    promote(3, "--version", 2, "--evidence", comparison);
    Files.writeString(guard, "{\"alias\": {}}");
    promote(6, "--version", 2, "--evidence", comparison, "--require", "data.rows >= 1");
    alias(6, "--version", "2");

    assertThat(champion()).isEqualTo(1);
  }
}
