package io.paritree.serving.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.model.StoredAlias;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.Promotion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalJsonTest {
  private static final Instant TIME = Instant.parse("2026-12-03T17:25:41Z");

  @Test
  void theNewestMoveIsFirstWithWhatItWasDecidedByAndWithoutItsUser() {
    AliasMove first =
        move(1, AliasMove.SET, Optional.empty(), 1, Optional.empty(), Optional.of(TIME));
    AliasMove second =
        move(2, AliasMove.PROMOTE, Optional.of(1L), 2, Optional.of(promotion(1)), Optional.empty());

    assertThat(json(first, second))
        .isEqualTo(
            """
            {"alias":"champion","guard":"evidence","requires":["auc >= 0.7"],"moves":[\
            {"number":2,"at":"2026-12-03T17:25:41Z","action":"promote",\
            "from":{"model_version":"loan/1"},"to":{"model_version":"loan/2","digest":"cd"},\
            "result":"not_confirmed","evidence":[\
            {"sha256":"ab","rows":7,"ended_at":"2026-12-03T17:25:41Z","used":true}],\
            "requirements":[{"rule":"auc >= 0.7","met":true,"found":"0.8"}]},\
            {"number":1,"at":"2026-12-03T17:25:41Z","action":"alias",\
            "to":{"model_version":"loan/1","digest":"cd"},"result":"moved"}],"moves_left":3}""");
  }

  @Test
  void longListsAndTextsAreCut() {
    AliasMove move =
        move(5, "x".repeat(600), Optional.empty(), 1, Optional.of(promotion(60)), Optional.empty());

    String json = json(move);

    assertThat(json.split("\"sha256\"")).hasSize(51);
    assertThat(json).contains("x".repeat(400)).doesNotContain("x".repeat(550));
  }

  private static AliasMove move(
      long number,
      String action,
      Optional<Long> from,
      long to,
      Optional<Promotion> promotion,
      Optional<Instant> confirmed) {
    return new AliasMove(
        number,
        TIME,
        "somebody",
        action,
        from,
        Optional.of(to),
        Optional.empty(),
        Optional.of("cd"),
        promotion,
        false,
        confirmed);
  }

  private static Promotion promotion(int documents) {
    Promotion.Evidence evidence =
        new Promotion.Evidence(
            "ab", Optional.empty(), Optional.of(7L), Optional.of(TIME), true, Optional.empty());
    return new Promotion(
        Collections.nCopies(documents, evidence),
        List.of(new Promotion.Required("auc >= 0.7", true, "0.8")),
        Optional.empty());
  }

  private static String json(AliasMove... moves) {
    AliasHistory history =
        new AliasHistory("loan", "champion", Optional.of(1L), List.of(moves), 5, List.of());
    StoredAlias alias = new StoredAlias(history, StoredAlias.Guard.PRESENT, List.of("auc >= 0.7"));
    return new String(
        JsonText.compact(Documents.value(JournalJson.of(alias))), StandardCharsets.UTF_8);
  }
}
