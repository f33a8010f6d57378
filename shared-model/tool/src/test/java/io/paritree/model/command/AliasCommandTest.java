package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each move of an alias is in its journal, and the alias itself says which of them happened. */
class AliasCommandTest {
  private static final String NAME = TestPackages.BINARY;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path store;
  private Path champion;
  private Path journal;

  @BeforeEach
  void seal() throws Exception {
    TestPackages packages = new TestPackages(directory);
    for (int version = 1; version <= 3; version++) {
      packages.binary(version, 1 + version);
    }

    store = packages.store();
    champion = store.resolve(NAME).resolve("aliases/champion");
    journal = store.resolve(NAME).resolve("moves/champion");
    Files.delete(champion);
    for (Path move : moves()) {
      Files.delete(move);
    }
  }

  @Test
  void theHistoryHasWhenWhoAndWhichPackagesOfEachMove() throws Exception {
    alias(0, "--version", "1");
    alias(0, "--version", "2");
    alias(0, "--remove");

    alias(0, "--history");

    List<String> lines = out.toString().lines().toList();
    String user = System.getProperty("user.name");
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).matches("1  " + time + "  " + user + "  alias   none -> 1.*");
    assertThat(lines.get(1))
        .matches("2  " + time + "  " + user + "  alias   1 -> 2  .*")
        .endsWith(digest(1).substring(0, 12) + " -> " + digest(2).substring(0, 12));
    assertThat(lines.get(2)).matches("3  " + time + "  " + user + "  remove  2 -> none.*");
    assertThat(lines.get(3)).isEqualTo(NAME + "@champion names no version now");

    alias(0, "--history", "--format", "json");
    assertThat(out.toString().replaceAll("\\s", ""))
        .startsWith("{\"name\":\"%s\",\"alias\":\"champion\",\"version\":null,".formatted(NAME))
        .containsPattern(
            "\\{\"number\":2,\"time\":\"%s\",\"user\":\"%s\",\"action\":\"alias\",\"from\":1,\"to\":2,\"from_digest\":\"%s\",\"to_digest\":\"%s\",\"moved\":true\\}"
                .formatted(time, user, digest(1), digest(2)))
        .containsPattern("\"action\":\"remove\",\"from\":2,\"to\":null,\"from_digest\"");
  }

  @Test
  void backGoesToTheVersionBeforeTheLastMoveAndIsAMoveItself() throws Exception {
    alias(0, "--version", "1");
    alias(0, "--version", "3");

    alias(0, "--back");
    assertThat(champion).hasContent("1");
    assertThat(out.toString()).startsWith(NAME + "@champion is version 1 now").contains("it was 3");
    alias(0, "--history");
    assertThat(out.toString()).contains("  back    3 -> 1  ");

    alias(0, "--back");
    assertThat(champion).as("the last move was from 3 to 1").hasContent("3");
    alias(0, "--remove");
    alias(0, "--back");
    alias(3, "--back");
    assertThat(err.toString())
        .as("it was there before it was removed")
        .contains("it named no version before its last move ('back' at ", "--remove");
    assertThat(champion).hasContent("3");
    assertThat(moves()).hasSize(6);
  }

  @Test
  void backIsCheckedAsAnyMove() throws Exception {
    alias(0, "--version", "1");
    alias(0, "--version", "2");
    Path golden = store.resolve(NAME).resolve("1/golden.jsonl");
    byte[] whole = Files.readAllBytes(golden);
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 1;
    Files.write(golden, damaged);

    alias(6, "--back");
    assertThat(err.toString()).contains("@champion was not changed", "golden.jsonl");
    assertThat(champion).hasContent("2");
    assertThat(moves()).hasSize(2);

    Files.move(store.resolve(NAME).resolve("1"), directory.resolve("gone"));
    alias(3, "--back");
    assertThat(err.toString()).contains("no sealed version 1", "[2, 3]");
  }

  @Test
  void backRefusesWhatTheJournalDoesNotKnow() throws Exception {
    alias(3, "--back");
    assertThat(err.toString()).contains("journal has no move of it", "--version");

    Files.writeString(champion, "2\n");
    alias(3, "--back");
    assertThat(err.toString()).contains("journal has no move of it", "--version");

    alias(0, "--version", "1");
    Files.writeString(champion, "3\n");
    alias(3, "--back");
    assertThat(err.toString())
        .contains("it names version 3", "its last move was to version 1", "--version");
    alias(0, "--history");
    assertThat(out.toString())
        .endsWith(
            "%s@champion names version 3 now; its file was changed by something else than this command%n"
                .formatted(NAME));

    alias(0, "--remove");
    Files.delete(journal.resolve("1.json"));
    Files.delete(journal.resolve("2.json"));
    alias(0, "--version", "1");
    alias(3, "--back");
    assertThat(err.toString())
        .contains("it named no version before its last move ('alias' at ", "--remove");
  }

  @Test
  void whatDoesNotMoveIsNoMove() throws Exception {
    alias(0, "--version", "1");
    alias(0, "--version", "1");
    assertThat(out.toString()).startsWith(NAME + "@champion is version 1 already");
    assertThat(moves()).hasSize(1);
  }

  @Test
  void aMoveThatWasKilledBeforeTheAliasMovedIsNotShownAsOneThatHappened() throws Exception {
    alias(0, "--version", "1");
    String killed =
        "{\"time\":\"2026-01-01T00:00:00Z\",\"user\":\"x\",\"action\":\"promote\",\"from\":1,\"to\":2,\"rule\":{\"a\":[1]}}";
    Files.writeString(journal.resolve("2.json"), killed);

    alias(0, "--history");
    assertThat(out.toString())
        .contains("1 -> 2", "  (not confirmed: afterwards the alias named version 1)")
        .endsWith("@champion names version 1 now%n".formatted());
    alias(0, "--history", "--format", "json");
    assertThat(out.toString().replaceAll("\\s", "")).contains("\"moved\":false}]}");

    alias(0, "--version", "3");
    assertThat(moves()).hasSize(3);
    alias(0, "--back");
    assertThat(champion).as("not to version 2, which it never named").hasContent("1");
  }

  @Test
  void aMoveThatWasKilledAfterTheAliasMovedIsShownAsOneThatHappened() throws Exception {
    alias(0, "--version", "1");
    alias(0, "--version", "2");
    Path last = journal.resolve("2.json");
    String confirmed = Files.readString(last);
    String killed = confirmed.replaceAll(",?\\s*\"confirmed\":\\s*\"[^\"]*\"", "");
    assertThat(killed).isNotEqualTo(confirmed);
    Files.writeString(last, killed);

    alias(0, "--history");
    assertThat(out.toString()).doesNotContain("not confirmed");
    alias(0, "--version", "3");
    alias(0, "--history");
    assertThat(out.toString()).doesNotContain("not confirmed");
  }

  @Test
  void anUnreadableEntryIsNamedAndBlocksNoMove() throws Exception {
    alias(0, "--version", "1");
    Files.writeString(journal.resolve("2.json"), "{\"time\":");

    alias(0, "--history");
    assertThat(out.toString()).contains("1  ").contains("names version 1 now");
    assertThat(err.toString()).contains("2.json");
    alias(3, "--back");
    assertThat(err.toString()).contains("2.json", "--version");
    alias(0, "--version", "2");
    assertThat(champion).hasContent("2");
    assertThat(moves()).hasSize(3);
    alias(0, "--back");
    assertThat(champion).as("the last move is readable").hasContent("1");
  }

  @Test
  void anAliasWhoseFileIsDamagedCanBeSetAnew() throws Exception {
    Files.createDirectories(champion.getParent());
    Files.writeString(champion, "two\n");

    alias(0, "--version", "1");
    assertThat(champion).hasContent("1");
  }

  @Test
  void anAliasWithoutAJournalHasAHistoryThatSaysSo() throws Exception {
    alias(3, "--history");
    assertThat(err.toString()).contains("no such alias");

    Files.writeString(champion, "2\n");
    alias(0, "--history");
    assertThat(out.toString())
        .isEqualTo("%s@champion names version 2 now; its journal has no moves%n".formatted(NAME));
  }

  @Test
  void sealingStraightToChampionNeedsPredictionsOrTheWordUnchecked() throws Exception {
    Path model = new TestPackages(directory.resolve("trained")).bareWideModel(2, 3, 3);
    String seal = "seal --model %s --name wide --store %s --alias ".formatted(model, store);

    run(2, seal + "champion");
    assertThat(err.toString()).contains("--expected", "--unchecked");
    assertThat(store.resolve("wide")).doesNotExist();
    run(0, seal + "champion --unchecked");
    assertThat(store.resolve("wide/aliases/champion")).hasContent("1");
    assertThat(moves(store.resolve("wide/moves/champion"))).hasSize(1);
    run(0, "alias --store %s --name wide --history".formatted(store));
    assertThat(out.toString()).contains("  seal --unchecked  none -> 1  ");

    run(0, seal + "next");
    run(2, seal + "next --unchecked");
    assertThat(err.toString()).contains("--unchecked", "--alias champion");
    run(2, seal + "champion --unchecked --rows r.csv --expected p");
    assertThat(err.toString()).contains("--unchecked", "--expected");
    run(2, "seal --model m --name n --output o --unchecked");
  }

  @Test
  void whileAnotherProcessMovesTheAliasNothingIsMoved() throws Exception {
    alias(0, "--version", "1");
    String begun =
        "{\"time\":\"%s\",\"user\":\"x\",\"action\":\"alias\",\"from\":1,\"to\":2}"
            .formatted(Instant.now());
    Files.writeString(journal.resolve("2.json"), begun);

    for (String change : List.of("--version=3", "--back", "--remove")) {
      int exitCode = change.equals("--back") ? 3 : 1; // it was made by its only move
      alias(exitCode, change);
      assertThat(champion).hasContent("1");
    }

    assertThat(err.toString()).contains("x has begun to move it to version 2", "try again after");
  }

  @Test
  void championThatWasNeverComparedIsNoted() {
    alias(0, "--version", "1");
    assertThat(err.toString()).contains("Note: ", "not compared with its trainer");
  }

  private String digest(int version) throws IOException {
    return Sha256.hex(
        Files.readAllBytes(store.resolve(NAME).resolve(version + "/paritree.sha256")));
  }

  private List<Path> moves() throws IOException {
    return moves(journal);
  }

  private static List<Path> moves(Path journal) throws IOException {
    if (!Files.exists(journal)) {
      return List.of();
    }

    try (var entries = Files.list(journal)) {
      return entries.toList();
    }
  }

  private void alias(int exitCode, String... change) {
    List<String> arguments =
        new ArrayList<>(List.of("alias", "--store", store.toString(), "--name", NAME));
    arguments.addAll(Arrays.asList(change));
    run(exitCode, arguments.toArray(String[]::new));
  }

  private void run(int exitCode, String command) {
    run(exitCode, command.split(" "));
  }

  private void run(int exitCode, String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    assertThat(got).as("%s%n%s", List.of(arguments), err).isEqualTo(exitCode);
  }
}
