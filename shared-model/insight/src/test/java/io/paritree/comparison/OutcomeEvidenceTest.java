package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeEvidenceTest {
  private static final String CHAMPION = "3".repeat(64);
  private static final String CHALLENGER = "4".repeat(64);
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static byte[] document(String asOf) {
    return OutcomeDocuments.of(List.of(CHAMPION), List.of(CHALLENGER), asOf);
  }

  private static EvidenceDocument read(byte[] document) throws BrokenJsonException {
    return EvidenceDocument.read("outcomes.json", document);
  }

  private static Verdict.Result result(String rule, byte[] document)
      throws RuleException, BrokenJsonException {
    return EvidenceWords.rule(rule).verdict(read(document).at(NOW)).result();
  }

  /** A rule that says what must hold is met where it fires. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          challenger.n >= 5000           , FIRED
          challenger.n > 5000            , PASSED
          challenger.auc > 0.78          , FIRED
          difference.auc >= 0            , FIRED
          difference.auc_low >= 0.004    , FIRED
          difference.auc_low > 0.004     , PASSED
          difference.auc_high < 0.01     , PASSED
          difference.ks_low >= -1        , NOT_COMPARED
          difference.rate_z < 9          , NOT_COMPARED
          challenger.rate_z > 5          , FIRED
          challenger.auc_error > 0       , NOT_COMPARED
          "region=DE".psi < 1            , NOT_COMPARED
          "region=DE".ks > 0             , NOT_COMPARED
          data.rows >= 0                 , NOT_COMPARED
          contract.http <= breaking      , NOT_COMPARED
          age.days <= 0.5                , FIRED
          age.days < 0.5                 , PASSED
          """,
      quoteCharacter = '`')
  void rulesAreThoseOfOutcomes(String rule, Verdict.Result expected) throws Exception {
    assertThat(result(rule, document("2026-11-24"))).isEqualTo(expected);
  }

  /** The challenger of these has the AUC 0.55, and the model that acts 0.80. */
  @ParameterizedTest
  @ValueSource(strings = {"total.auc >= 0.75", "\"region=DE\".auc >= 0.75", "\"credit/3\".n >= 9"})
  void whatOutcomesHaveOfTheModelThatIsReplacedIsNoRequirement(String rule) {
    assertThatThrownBy(() -> EvidenceWords.rule(rule))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining("of the model that is replaced")
        .hasMessageContaining("require it of challenger or difference");
  }

  @Test
  void ofRowsWithWeightsAsManyCountAsWouldBeAsSure() throws Exception {
    byte[] weighted =
        ResealedJson.replaced(
            document("2026-11-24"),
            "(\"challenger\" : \\{\\s*\"n\" : )5000",
            "$140000, \"effective_n\" : 60.5");

    assertThat(result("challenger.n >= 61", weighted)).isEqualTo(Verdict.Result.PASSED);
    assertThat(result("challenger.n >= 60", weighted)).isEqualTo(Verdict.Result.FIRED);
    Verdict verdict = EvidenceWords.rule("challenger.n >= 10000").verdict(read(weighted).at(NOW));
    assertThat(read(weighted).shown(verdict.findings().get(0)))
        .isEqualTo("60.50 equal rows, as the 40000 rows have weights");
  }

  @Test
  void whatIsNoNumberMeetsNothing() throws Exception {
    for (List<String> change :
        List.of(
            List.of("\"auc\" : 0.01", "\"auc\" : \"high\"", "difference.auc > -1"),
            List.of("0.004, 0.016 \\]", "]", "difference.auc_low > -1"),
            List.of("0.004, 0.016 \\]", "0.004 ]", "difference.auc_high > -1"))) {
      byte[] other = ResealedJson.replaced(document("2026-11-24"), change.get(0), change.get(1));

      assertThat(result(change.get(2), other))
          .as("%s", change)
          .isEqualTo(Verdict.Result.NOT_COMPARED);
    }
  }

  @Test
  void ofADayToComeOrWithoutOneItHasNoAge() throws Exception {
    assertThat(result("age.days <= 7", document("2026-11-25")))
        .isEqualTo(Verdict.Result.NOT_COMPARED);
    assertThat(result("age.days <= 7", document(""))).isEqualTo(Verdict.Result.NOT_COMPARED);
  }

  @Test
  void itIsOfAllPackagesThatHaveScoredItsRows() throws Exception {
    EvidenceDocument mixed =
        read(
            OutcomeDocuments.of(
                List.of(CHALLENGER, CHAMPION), List.of("", CHALLENGER), "2026-11-24"));

    assertThat(mixed.packages(Side.CHAMPION)).containsExactly(CHAMPION, CHALLENGER);
    assertThat(mixed.packages(Side.CHALLENGER))
        .containsExactly(CHALLENGER, EvidenceDocument.UNKNOWN);
    byte[] before =
        ResealedJson.replaced(
            document("2026-11-24"), "(?s)\"models\" : \\[.*?\\],\\s*\"unmatched", "\"unmatched");
    assertThat(read(before).packages(Side.CHAMPION)).isEmpty();
  }

  @Test
  void eachByteOfItCounts() throws Exception {
    byte[] document = document("2026-11-24");
    read(document);
    for (int at = 0; at < document.length; at++) {
      byte[] changed = document.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> read(changed))
          .as("byte %s", at)
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageContaining("it was changed, or something else has written it");
    }
  }

  @Test
  void whatIsSealedAndNoSuchReportIsNoEvidence() {
    byte[] document = document("2026-11-24");
    String two = "outcomes of two models";
    for (List<String> change :
        List.of(
            List.of("\"format\" : 1,", "\"format\" : 2,", "outcomes of format 1"),
            List.of("\"format\" : 1,", "", "outcomes of format 1"),
            List.of("\"binary\"", "\"guess\"", "[diff, challenger, shadow], or outcomes"),
            List.of("\"binary\"", "7", "or outcomes, of one of the kinds"),
            List.of("\"kind\" : \"binary\",", "", "or outcomes, of one of the kinds"),
            List.of("\"unmatched\"", "\"kind\"", "each key once"),
            List.of("\"challenger\" : \\{", "\"difference\" : {", "each key once"),
            List.of("\"comparison\"", "\"compared\"", two),
            List.of("2026-11-24\",", "2026-11-31\",", "as_of is no day"),
            List.of("\"auc\" : 0.79", "\"auc\" : 1e999", "within the range of a double"))) {
      byte[] other = ResealedJson.replaced(document, change.get(0), change.get(1));

      assertThatThrownBy(() -> read(other))
          .as("%s", change)
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageContaining(change.get(2));
    }

    for (byte[] other :
        List.of(
            SealedJson.of(json -> json.writeNumberField("format", 1)),
            SealedJson.wide(json -> JsonText.array(json, "kind", List.of(1), json::writeNumber)),
            "[]".getBytes(StandardCharsets.UTF_8),
            new byte[0])) {
      assertThatThrownBy(() -> read(other)).isInstanceOf(BrokenJsonException.class);
    }
  }
}
