package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.model.layout.ModelStore;
import io.paritree.serving.Client.Answer;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server says of itself: what it serves since when, and what it has refused. */
class ServiceTest extends ServedLoans {
  private Map<String, Object> ok(String path) throws IOException {
    Answer answer = client.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.object(answer.body());
  }

  private static Instant time(Object tree, String path) {
    return Instant.parse(String.valueOf(JsonTree.at(tree, path)));
  }

  private void move(long version) throws Exception {
    Path store = model.getParent().getParent();
    new ModelStore(Location.of(store)).setAlias("parcel-late", "champion", version);
  }

  /** Adds version 2, which cannot be served until it is mended; returns the damaged file. */
  private Path broken() throws Exception {
    Path second = new TestPackages(model.getParent().getParent()).binary(2, 21);
    Path file = second.resolve("paritree.json");
    Files.write(file, new byte[] {' '}, java.nio.file.StandardOpenOption.APPEND);
    return file;
  }

  @Test
  void theServiceSaysWhatIsServedAndHowOld() throws Exception {
    Map<String, Object> service = ok("/v1/service");

    assertThat(service).containsEntry("ready", true).containsEntry("minutes", List.of());
    assertThat(time(service, "started_at")).isBeforeOrEqualTo(Instant.now());
    assertThat(JsonTree.at(service, "models/0/model_version")).isEqualTo("parcel-late/1");
    assertThat(JsonTree.at(service, "models/0/alias")).isEqualTo("champion");
    assertThat(JsonTree.at(service, "models/0/refused")).isNull();
    assertThat(JsonTree.at(service, "scores/0/name")).isEqualTo("loans");
    assertThat(JsonTree.at(service, "scores/0/partitions")).isEqualTo("2");
    assertThat(JsonTree.at(service, "scores/0/newest")).isEqualTo(Map.of("day", "2026-11-24"));
    assertThat(JsonTree.at(service, "scores/0/not_served")).isEqualTo("0");
    assertThat(Long.parseLong(String.valueOf(JsonTree.at(service, "scores/0/age_seconds"))))
        .isPositive();
    assertThat(JsonTree.at(service, "reloads"))
        .isEqualTo(Map.of("taken", "0", "refused", "0", "unreachable", "0"));
    assertThat(client.send("GET", "/v1/service", new byte[0], "Accept: text/html\r\n").status())
        .isEqualTo(406);
  }

  @Test
  void aRefusedVersionIsNamedUntilItIsTakenOrTheAliasMovesBack() throws Exception {
    Path file = broken();
    byte[] damaged = Files.readAllBytes(file);
    move(2);
    reload();
    Instant at = time(ok("/v1/models"), "models/0/refused/at");
    reload();

    for (String path : List.of("/v1/models/parcel-late", "/v1/service", "/v1/models")) {
      Map<String, Object> answer = ok(path);
      Object of = path.endsWith("late") ? answer : JsonTree.at(answer, "models/0");
      assertThat(JsonTree.at(of, "model_version")).as(path).isEqualTo("parcel-late/1");
      assertThat(JsonTree.at(of, "refused/model_version")).isEqualTo("parcel-late/2");
      assertThat(time(of, "refused/at")).as("when it was first refused").isEqualTo(at);
      assertThat(String.valueOf(JsonTree.at(of, "refused/reason"))).contains("paritree.json");
    }

    assertThat(JsonTree.at(ok("/v1/service"), "reloads/refused")).isEqualTo("2");
    move(1);
    reload();
    assertThat(ok("/v1/models/parcel-late")).doesNotContainKey("refused");
    Files.write(file, java.util.Arrays.copyOf(damaged, damaged.length - 1));
    move(2);
    reload();
    assertThat(ok("/v1/models/parcel-late"))
        .containsEntry("model_version", "parcel-late/2")
        .doesNotContainKey("refused");
  }

  @Test
  void aVersionThatIsOpenedAgainIsServedSinceItsFirstAnswer() throws Exception {
    Map<String, Object> before = ok("/v1/models/parcel-late");
    assertThat(before.get("served_since")).isEqualTo(before.get("loaded_at"));
    reload();
    Map<String, Object> after = ok("/v1/models/parcel-late");

    assertThat(time(after, "loaded_at")).isAfter(time(before, "loaded_at"));
    assertThat(after.get("served_since")).isEqualTo(before.get("served_since"));
    assertThat(JsonTree.at(ok("/v1/service"), "reloads/taken")).isEqualTo("1");
  }

  @Test
  void theMoveOfAnAliasIsInTheCardUnlessAnotherProgramHasMovedIt() throws Exception {
    new TestPackages(model.getParent().getParent()).binary(2, 21);
    Instant before = Instant.now().minusSeconds(1);
    move(1);
    move(2);
    reload();

    assertThat(time(ok("/v1/models/parcel-late"), "alias_since")).isAfter(before);
    assertThat(time(ok("/v1/models"), "models/0/alias_since")).isAfter(before);
    Files.writeString(model.resolveSibling("aliases/champion"), "1\n"); // by another program
    reload();
    assertThat(ok("/v1/models/parcel-late"))
        .containsEntry("model_version", "parcel-late/1")
        .doesNotContainKey("alias_since");
  }

  @Test
  void theCardNamesOtherVersionsThatAreServed() throws Exception {
    Path second = new TestPackages(model.getParent().getParent()).binary(2, 21);
    assertThat(ok("/v1/models/parcel-late")).doesNotContainKey("versions");
    List<String> references = List.of(model.toString(), second.toString());
    try (RunningServer both = RunningServer.start(references, Map.of());
        Client caller = new Client(both.port())) {
      assertThat(caller.get("/v1/models/parcel-late/versions/2").body())
          .contains("\"versions\":[\"parcel-late/1\"]");
    }
  }
}
