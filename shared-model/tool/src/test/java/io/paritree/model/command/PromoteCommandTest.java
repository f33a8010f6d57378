package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.Sha256;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.OutcomeDocuments;
import io.paritree.comparison.ResealedJson;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.layout.ModelStore;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An alias moves to a version that evidence has shown to be what is required, and to no other. */
class PromoteCommandTest {
  private static final String NAME = TestPackages.BINARY;
  private static final int ROWS = 200;

  @TempDir static Path versions;
  private static Path comparison;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path store;

  @BeforeAll
  static void compare() throws Exception {
    TestPackages packages = new TestPackages(versions);
    for (int version = 1; version <= 3; version++) {
      packages.binary(version, 5 + version);
    }

    List<String> lines = new ArrayList<>(List.of(String.join(",", TestRecords.COLUMNS)));
    for (int row = 0; row < ROWS; row++) {
      lines.add(TestRecords.csvLine(row));
    }

    Path rows = Files.write(versions.resolve("rows.csv"), lines);
    Path model = versions.resolve(NAME);
    StringWriter document = new StringWriter();
    PrintWriter printed = new PrintWriter(document, true);
    String[] diff = {
      "diff",
      model.resolve("1").toString(),
      model.resolve("2").toString(),
      "--input",
      rows.toString(),
      "--format",
      "json"
    };
    assertThat(ModelMain.run(printed, printed, diff)).as("%s", document).isZero();
    comparison = Files.writeString(versions.resolve("comparison.json"), document.toString());
  }

  @BeforeEach
  void pointTheChampionToTheFirstVersion() throws Exception {
    store = directory.resolve("store");
    try (Stream<Path> all = Files.walk(versions)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path copy = store.resolve(versions.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }

    alias(0, "--version", "1");
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

  private byte[] changed(byte[] document, String regex, String replacement) {
    return ResealedJson.replaced(document, regex, replacement);
  }

  /** Returns a document of each kind about versions 1 and 2. */
  private Map<String, byte[]> documents() throws Exception {
    byte[] diff = Files.readAllBytes(comparison);
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    ModelStore models = new ModelStore(Location.of(store));
    byte[] outcomes =
        OutcomeDocuments.of(
            models.digest(NAME, 1).stream().toList(),
            models.digest(NAME, 2).stream().toList(),
            today);
    return Map.of(
        "diff",
        diff,
        "challenger",
        changed(diff, "\"diff\"", "\"challenger\""),
        "shadow",
        changed(diff, "\"diff\"", "\"shadow\""),
        "outcomes",
        outcomes);
  }

  @Test
  void everyKindOfEvidenceIsRefusedOfOthersChangedOfFewRowsOrOldAndMovesTheAliasOtherwise()
      throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Path file = directory.resolve("evidence.json");
    for (Map.Entry<String, byte[]> kind : documents().entrySet()) {
      byte[] document = kind.getValue();
      boolean isOfOutcomes = kind.getKey().equals("outcomes");
      String rows = isOfOutcomes ? "challenger.n" : "data.rows";
      int there = isOfOutcomes ? OutcomeDocuments.ROWS : ROWS;
      List<Object> given =
          List.of("--version", 2, "--evidence", file, "--require", "age.days <= 7", "--require");
      String enough = "%s >= %s".formatted(rows, there);

      Files.write(file, document);
      promote(8, with(given, "%s >= %s".formatted(rows, there + 1)));
      assertThat(out.toString()).containsPattern("%s >= .* +%s +not met".formatted(rows, there));
      promote(8, "--version", 3, "--evidence", file, "--require", enough);
      assertThat(err.toString()).contains("it compares the packages");
      byte[] changed = document.clone();
      int at = random.nextInt(changed.length);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, changed);
      promote(8, with(given, enough));
      assertThat(err.toString()).as("byte %s, seed %s", at, seed).contains("it was changed");

      Files.write(
          file,
          isOfOutcomes
              ? changed(document, "(\"as_of\" : \")....", "$12025")
              : changed(document, "(\"ended_at\": \")....", "$12025"));
      promote(8, with(given, enough));
      assertThat(out.toString()).contains("no evidence is as new as required");
      Files.write(file, changed(document, "(digest\" ?: \")....", "$1beef"));
      promote(8, with(given, enough));
      assertThat(err.toString()).contains("it compares the packages beef");
      assertThat(champion()).as(kind.getKey()).isEqualTo(1);

      Files.write(file, document);
      promote(0, with(given, enough));
      assertThat(champion()).as(kind.getKey()).isEqualTo(2);
      alias(0, "--back");
    }
  }

  private static Object[] with(List<Object> given, Object last) {
    return Stream.concat(given.stream(), Stream.of(last)).toArray();
  }

  @Test
  void whatIsNoDocumentOfTheseTwoModelsShowsNothing() throws Exception {
    byte[] diff = Files.readAllBytes(comparison);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(diff);
    }

    String own = new ModelStore(Location.of(store)).digest(NAME, 1).orElseThrow();
    List<String> both = List.of(own, "4".repeat(64));
    byte[] outcomes = documents().get("outcomes");
    for (byte[] other :
        List.of(
            packed.toByteArray(),
            Arrays.copyOf(diff, diff.length / 2),
            Arrays.copyOf(outcomes, outcomes.length - 1),
            new byte[0],
            changed(diff, "\"kind\"", "\"format\": 1, \"kind\""),
            changed(diff, "\"format\": 1", "\"format\": 2"),
            changed(outcomes, "\"format\" : 1", "\"format\" : 2"),
            changed(outcomes, "\"comparison\"", "\"compared\""),
            OutcomeDocuments.of(List.of(own), List.of(own), "2026-11-24"),
            OutcomeDocuments.of(both, List.of(own), "2026-11-24"),
            OutcomeDocuments.of(List.of(own), List.of(""), "2026-11-24"),
            OutcomeDocuments.of(List.of(own), List.of(), "2026-11-24"))) {
      Path file = Files.write(directory.resolve("other.json"), other);
      promote(
          8,
          "--version",
          2,
          "--evidence",
          file,
          "--require",
          "data.rows >= 0",
          "--require",
          "challenger.n >= 0");
      assertThat(out.toString().lines().filter(line -> line.contains("there is no evidence")))
          .hasSize(2);
      assertThat(err.toString()).startsWith("Note: Cannot ");
    }

    assertThat(champion()).isEqualTo(1);
  }

  @Test
  void aPromotionToTheVersionThatTheAliasNamesIsInTheJournalAndNoMove() throws Exception {
    promote(0, "--version", 1, "--require", "data.rows >= 1", "--override", "once more");
    assertThat(out.toString()).contains("champion is version 1 already");
    alias(0, "--history");
    assertThat(out.toString()).contains("1 -> 1", "(named it already)");
    alias(0, "--version", "2");
    promote(0, "--version", 2, "--require", "data.rows >= 1", "--override", "once more");
    alias(0, "--back");
    assertThat(champion()).isEqualTo(1);
  }

  @Test
  void anAliasThatIsNotThereYetHasNoChampionToBeComparedWith() throws Exception {
    promote(
        8,
        "--to",
        "night",
        "--version",
        2,
        "--evidence",
        comparison,
        "--require",
        "data.rows >= 1");
    assertThat(err.toString()).contains("none (the alias names no version)");
    assertThat(store.resolve(NAME).resolve("aliases/night")).doesNotExist();

    promote(
        0, "--to", "night", "--version", 2, "--require", "data.rows >= 1", "--override", "first");
    assertThat(store.resolve(NAME).resolve("aliases/night")).hasContent("2");
  }

  @Test
  void aGuardThatSaysSomethingElseLetsNoAliasMove() throws Exception {
    Path guard = store.resolve(NAME).resolve("promotion.json");
    for (String other :
        List.of(
            "",
            "{}",
            "[]",
            "null",
            "{\"aliases\": null}",
            "{\"aliases\": {\"champion\": []}}",
            "{\"aliases\": {\"champion\": {\"require\": \"data.rows >= 1\"}}}",
            "{\"aliases\": {\"champion\": {\"require\": [1]}}}",
            "{\"aliases\": {\"champion\": {\"requires\": []}}}",
            "{\"aliases\": {\"champion\": {\"require\": []}, \"champion\": {\"require\": []}}}",
            "{\"aliases\": {\"champion \": {\"require\": []}}}",
            "{\"aliases\": {\"2\": {\"require\": []}}}",
            "{\"aliases\": {}, \"alias\": {}}",
            "{\"aliases\": {}} {}",
            "\u001f\u008b")) {
      Files.writeString(guard, other);
      promote(6, "--version", 2, "--evidence", comparison, "--require", "data.rows >= 1");
      assertThat(err.toString()).as(other).contains("promotion.json");
    }

    alias(6, "--version", "2");

    Files.delete(guard);
    Files.createDirectory(guard);
    alias(6, "--version", "2");
    Files.delete(guard);
    Files.createSymbolicLink(guard, store.resolve("gone.json"));
    alias(6, "--version", "2");
    promote(6, "--version", 2, "--evidence", comparison, "--require", "data.rows >= 1");
    assertThat(err.toString()).contains("promotion.json", "a link to nothing");
    Files.delete(guard);
    for (String rule : List.of("warn: data.rows >= 1", "data.row >= 1", "rows", "")) {
      Files.writeString(
          guard, "{\"aliases\": {\"champion\": {\"require\": [\"%s\"]}}}".formatted(rule));
      promote(3, "--version", 2, "--evidence", comparison);
    }

    alias(8, "--version", "2");

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
    alias(0, "--history", "--format", "json");
    assertThat(out.toString())
        .contains("\"it is not as new as required: age.days <= 7\"")
        .contains("\"it was changed, or is no document")
        .contains("\"it compares the packages ");
    promote(8, "--version", 2, "--evidence", aged, "--require", "data.ks <= 1");
    assertThat(out.toString()).contains("the comparison has no data.ks");
    promote(8, "--version", 2, "--require", "age.days <= 7");

    assertThat(champion()).isEqualTo(1);
    alias(0, "--history");
    assertThat(out.toString().lines().filter(line -> line.contains("(refused: 1 of 1"))).hasSize(6);
    String slice = "x".repeat(100_000);
    List<Object> tooMuch = new ArrayList<>(List.of("--version", 2, "--evidence", comparison));
    for (int more = 0; more < 11; more++) {
      tooMuch.addAll(List.of("--require", "\"%s=%s\".rows >= 1".formatted(more, slice)));
    }

    promote(3, tooMuch.toArray());
    assertThat(err.toString()).contains("got 11 requirements and 1 documents");
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
