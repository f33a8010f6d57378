package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.paritree.model.layout.Promotion;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequirementsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static EvidenceDocument outcomes(String asOf) throws Exception {
    return EvidenceDocument.read(
        "outcomes.json", OutcomeDocuments.of(List.of("3"), List.of("4"), asOf));
  }

  private static List<Promotion.Required> verdicts(List<EvidenceDocument> evidence, String... rules)
      throws Exception {
    return Requirements.of(List.of(rules)).verdicts(evidence, NOW);
  }

  @Test
  void aDocumentThatIsOlderThanRequiredShowsNothingElse() throws Exception {
    EvidenceDocument old = outcomes("2025-11-24");
    EvidenceDocument fresh = outcomes("2026-11-23");
    String[] rules = {"challenger.auc > 0.7", "age.days <= 7"};

    assertThat(verdicts(List.of(old), rules))
        .extracting(Promotion.Required::isMet, Promotion.Required::found)
        .containsExactly(tuple(false, "no evidence is as new as required"), tuple(false, "365.5"));
    assertThat(verdicts(List.of(old, fresh), rules)).allMatch(Promotion.Required::isMet);
    assertThat(verdicts(List.of(old), "challenger.auc > 0.7")).allMatch(Promotion.Required::isMet);
  }

  @Test
  void whatOneDocumentShowsOtherwiseIsNotMetByAnother() throws Exception {
    EvidenceDocument good = outcomes("2026-11-23");
    EvidenceDocument bad =
        EvidenceDocument.read(
            "bad.json", OutcomeDocuments.of(List.of("3"), List.of("4"), "2026-11-23", 0.65));

    for (List<EvidenceDocument> both : List.of(List.of(good, bad), List.of(bad, good))) {
      assertThat(verdicts(both, "challenger.auc > 0.7").get(0))
          .extracting(Promotion.Required::isMet, Promotion.Required::found)
          .containsExactly(false, "0.6500");
    }

    assertThat(verdicts(List.of(good, bad), "challenger.auc > 0.6").get(0).isMet()).isTrue();
  }

  @Test
  void ofSeveralDocumentsOneMeetsARequirementAndWhatNoneHasIsNotMet() throws Exception {
    List<EvidenceDocument> both = List.of(outcomes("2026-11-23"), outcomes(""));

    assertThat(verdicts(both, "age.days <= 7", "age.days <= 1", "data.rows >= 0"))
        .extracting(Promotion.Required::isMet, Promotion.Required::found)
        .containsExactly(
            tuple(true, "1.500"),
            tuple(false, "1.500"),
            tuple(false, "no evidence is as new as required"));
    assertThat(verdicts(List.of(), "age.days <= 7").get(0).found())
        .isEqualTo("there is no evidence");
    assertThat(verdicts(both, "data.rows >= 0").get(0).found())
        .isEqualTo("outcomes have no data.rows");
  }
}
