package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.drift.Shift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.SealedJson;
import io.paritree.model.manifest.Outputs;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ComparisonEvidenceTest {
  private static final Instant MADE = Instant.parse("2026-11-24T04:00:00Z");

  private static Comparison comparison(Optional<DataComparison> rows, Effect http) {
    ForestFacts facts =
        new ForestFacts(
            "binary:logistic",
            "gbtree",
            1,
            1,
            "all",
            1,
            2,
            1,
            List.of(0f),
            List.of(),
            List.of("amount"),
            Map.of("amount", 0.5));
    return new Comparison(
        "diff",
        new ComparedModel("credit/3", "3".repeat(64)),
        new ComparedModel("credit/4", "4".repeat(64)),
        new Contract(
            List.of(ContractChange.of("field_removed", "region", Effect.COMPATIBLE, http, "gone"))),
        new ForestComparison(facts, facts),
        rows,
        MADE.minusSeconds(60),
        MADE);
  }

  private static DataComparison rows() {
    Outputs outputs =
        new Outputs(List.of("0"), Outputs.Kind.BINARY, List.of("repaid", "late"), 0.5f);
    Difference difference = new Difference(0.0003, 0.0021, 0.01, 0.08, 0.2, 0.41);
    return new DataComparison(
        ComparisonForm.of(outputs, outputs, List.of("id"), "region", 0),
        compared(1_000_000, difference),
        0,
        0,
        List.of(),
        Map.of("DE", compared(9_000, difference), "(missing)", compared(17, difference)),
        List.of());
  }

  private static RowComparison compared(long rows, Difference difference) {
    return new RowComparison(
        rows,
        0,
        12,
        3,
        41,
        List.of(
            new OutputComparison(
                "0",
                0.2,
                0.2003,
                difference,
                Optional.of(difference),
                0.012,
                0.001,
                Optional.of(new Shift(0.004, 0.0001, 0.01, 0.001)))),
        Optional.of(
            new LabelFlips(
                true,
                812,
                790,
                0.001602,
                List.of(
                    new LabelFlips.Change("repaid", "late", 812),
                    new LabelFlips.Change("late", "repaid", 790)))));
  }

  private static EvidenceDocument evidence(Optional<DataComparison> rows, Effect http)
      throws BrokenJsonException {
    return EvidenceDocument.read("comparison.json", comparison(rows, http).toJson());
  }

  private static Verdict.Result result(String rule, EvidenceDocument evidence)
      throws RuleException {
    return EvidenceWords.rule(rule).verdict(evidence.at(MADE.plus(Duration.ofDays(3)))).result();
  }

  /** A rule that says what must hold is met where it fires. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          data.rows >= 100000        , FIRED
          data.rows >= 2e6           , PASSED
          data.flips.share <= 0.01   , FIRED
          data.flips.up < 812        , PASSED
          data.ks <= 0.05            , FIRED
          data.ks <= 0.0125          , PASSED
          data.ks <= 0.0131          , FIRED
          data.ks > 0.0115           , PASSED
          data.ks != 0.0125          , PASSED
          data.ks != 0.014           , FIRED
          "region=DE".ks <= 0.0125   , PASSED
          data.error <= 0.05         , FIRED
          data.failed <= 0           , FIRED
          data.difference.p99 <= 0.1 , FIRED
          data.margin_difference.max < 0.4 , PASSED
          contract.tables <= note    , FIRED
          contract.http < breaking   , PASSED
          contract.http <= breaking  , FIRED
          contract.http != breaking  , PASSED
          contract.tables != breaking , FIRED
          data.failed != 0           , PASSED
          "region=DE".rows >= 9000   , FIRED
          "region=DE".rows >= 9001   , PASSED
          "region=DE".flips.share < 0.01 , FIRED
          "region=(missing)".ks <= 0.02 , FIRED
          "region=DE".difference.max <= 0.41 , FIRED
          "region=FR".rows >= 0      , NOT_COMPARED
          "branch=DE".rows >= 0      , NOT_COMPARED
          difference.auc_low <= 1    , NOT_COMPARED
          age.days <= 7              , FIRED
          age.days < 3               , PASSED
          """,
      quoteCharacter = '`')
  void rulesAreAboutTheNumbersOfADocumentByTheirPaths(String rule, Verdict.Result expected)
      throws Exception {
    assertThat(result(rule, evidence(Optional.of(rows()), Effect.BREAKING))).isEqualTo(expected);
  }

  @Test
  void ofWhatIsKnownWithinAnErrorTheBoundIsShown() throws Exception {
    EvidenceDocument evidence = evidence(Optional.of(rows()), Effect.NOTE);
    Verdict verdict = EvidenceWords.rule("data.ks <= 0.0125").verdict(evidence.at(MADE));

    assertThat(evidence.shown(verdict.findings().get(0)))
        .isEqualTo("0.01300, as 0.01200 is within 0.001000");
  }

  @Test
  void whatADocumentDoesNotHaveIsNotMet() throws Exception {
    EvidenceDocument withoutRows = evidence(Optional.empty(), Effect.COMPATIBLE);

    assertThat(result("data.rows >= 0", withoutRows)).isEqualTo(Verdict.Result.NOT_COMPARED);
    assertThat(result("contract.http < breaking", withoutRows)).isEqualTo(Verdict.Result.FIRED);
    assertThat(EvidenceWords.rule("data.ks <= 1").verdict(withoutRows.at(MADE)).absences())
        .containsExactly("the comparison has no data.ks");
  }

  @Test
  void whatNoRowsHaveDecidedAndWhatEndsInTheFutureIsNotMet() throws Exception {
    EvidenceDocument undecided = evidence(Optional.empty(), Effect.BREAKING_BY_DATA);

    assertThat(result("contract.http < breaking", undecided)).isEqualTo(Verdict.Result.PASSED);
    assertThat(result("contract.http != breaking", undecided)).isEqualTo(Verdict.Result.PASSED);
    assertThatThrownBy(() -> result("contract.http != breaking_by_data", undecided))
        .hasMessageContaining("there is no baseline 'breaking_by_data'");
    assertThat(
            EvidenceWords.rule("age.days <= 7")
                .verdict(undecided.at(MADE.minus(Duration.ofDays(30))))
                .result())
        .isEqualTo(Verdict.Result.NOT_COMPARED);
  }

  @Test
  void rowsThatTheChampionRefusesDecideNoContract() {
    assertThat(httpByRows(0, 0, 12)).isEqualTo(Effect.BREAKING_BY_DATA);
    assertThat(httpByRows(5, 0, 0)).isEqualTo(Effect.COMPATIBLE);
    assertThat(httpByRows(0, 7, 12)).isEqualTo(Effect.COMPATIBLE); // for another reason
  }

  /** What a change that may refuse rows means, of which no row was refused by it. */
  private static Effect httpByRows(long both, long onlyChampion, long onlyChallenger) {
    DataComparison all = rows();
    RowComparison whole =
        new RowComparison(both, onlyChampion, onlyChallenger, 0, 0, List.of(), Optional.empty());
    ContractChange change =
        ContractChange.byData(
            "value_required",
            "amount",
            "must have a value",
            new ContractChange.Refusing(Set.of("missing"), Effect.COMPATIBLE));
    Comparison made = comparison(Optional.empty(), Effect.NOTE);
    return new Comparison(
            made.kind(),
            made.champion(),
            made.challenger(),
            new Contract(List.of(change)),
            made.forest(),
            Optional.of(
                new DataComparison(all.form(), whole, 0, 0, List.of(), Map.of(), List.of())),
            MADE,
            MADE)
        .contract()
        .of(Face.HTTP);
  }

  @Test
  void everyNumberOfTheDataMayBeRequired() throws Exception {
    byte[] document = comparison(Optional.of(rows()), Effect.NOTE).toJson();
    Map<?, ?> read =
        (Map<?, ?>)
            new Load(LoadSettings.builder().build())
                .loadFromString(new String(document, StandardCharsets.UTF_8));
    List<String> paths = new ArrayList<>();
    addNumbers("data", read.get("data"), paths);

    assertThat(paths).hasSizeGreaterThan(25).contains("data.flips.share", "data.difference.p999");
    EvidenceDocument evidence = EvidenceDocument.read("comparison.json", document);
    for (String path : paths) {
      assertThat(result(path + " >= -1", evidence)).as(path).isEqualTo(Verdict.Result.FIRED);
    }
  }

  private static void addNumbers(String path, Object value, List<String> paths) {
    if (value instanceof Map<?, ?> members) {
      members.forEach((name, member) -> addNumbers(path + "." + name, member, paths));
    } else if (value instanceof Number) {
      paths.add(path);
    }
  }

  @Test
  void whatNoDocumentHasIsRefusedWithTheNearestWord() {
    assertThatThrownBy(() -> EvidenceWords.rule("data.flips.shar <= 1"))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining("did you mean flips.share?");
    assertThatThrownBy(() -> EvidenceWords.rule("contract.http < broken"))
        .hasMessageContaining("there is no baseline 'broken'");
    assertThatThrownBy(() -> EvidenceWords.rule("forest.trees < 9"))
        .hasMessageContaining("there is no subject 'forest'");
    assertThatThrownBy(() -> EvidenceWords.rule("\"region=DE\".dropped < 1"))
        .hasMessageContaining("there is no measure of region=DE 'dropped'");
    assertThatThrownBy(() -> EvidenceWords.rule("data.flips. < 9"))
        .hasMessageContaining("a measure is expected");
    for (String number : List.of("3", "breaking + 1", "2 * note", "note|breaking")) {
      assertThatThrownBy(() -> EvidenceWords.rule("contract.http < " + number))
          .hasMessageContaining("contract.http is a word; write one of ");
    }

    for (String subject : List.of("totl", "region", "credit")) {
      assertThatThrownBy(() -> EvidenceWords.rule(subject + ".auc > 0.7"))
          .hasMessageContaining("there is no subject '%s'".formatted(subject))
          .hasMessageContaining("names such as region=DE");
    }

    assertThatThrownBy(() -> EvidenceWords.rule("warn: data.ks < 1"))
        .hasMessageContaining("leave out 'warn:'");
  }

  @Test
  void aChangedDocumentIsNoEvidenceAndOthersNeither() throws Exception {
    byte[] document = comparison(Optional.of(rows()), Effect.NOTE).toJson();
    assertThat(EvidenceDocument.read("comparison.json", document).packages(Side.CHALLENGER))
        .containsExactly("4".repeat(64));
    String changed = new String(document, StandardCharsets.UTF_8).replace("1000000", "1000001");

    for (byte[] other : List.of(changed.getBytes(StandardCharsets.UTF_8), new byte[] {'{', '}'})) {
      assertThatThrownBy(() -> EvidenceDocument.read("comparison.json", other))
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageStartingWith("Cannot use comparison.json as evidence: ");
    }
  }

  @Test
  void anotherFormatOrKindIsNoEvidence() {
    byte[] document = comparison(Optional.of(rows()), Effect.NOTE).toJson();
    for (List<String> change :
        List.of(
            List.of("\"format\": 1", "\"format\": 2", "a comparison of format 1"),
            List.of(
                "\"kind\": \"diff\"",
                "\"kind\": \"guess\"",
                "a comparison, of one of the kinds [diff, challenger, shadow]"))) {
      byte[] other = ResealedJson.replaced(document, change.get(0), change.get(1));
      assertThat(SealedJson.isWhole(other)).isTrue();
      assertThatThrownBy(() -> EvidenceDocument.read("comparison.json", other))
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageContaining(change.get(2));
    }
  }
}
