package io.paritree.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.comparison.ComparedModel;
import io.paritree.comparison.Comparison;
import io.paritree.comparison.ComparisonForm;
import io.paritree.comparison.Contract;
import io.paritree.comparison.ContractChange;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.Difference;
import io.paritree.comparison.Effect;
import io.paritree.comparison.Face;
import io.paritree.comparison.ForestComparison;
import io.paritree.comparison.ForestFacts;
import io.paritree.comparison.LabelFlips;
import io.paritree.comparison.OutputComparison;
import io.paritree.comparison.RowComparison;
import io.paritree.comparison.Side;
import io.paritree.comparison.TopOverlap;
import io.paritree.drift.Shift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.SealedJson;
import io.paritree.model.manifest.Outputs;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeWords;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
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
        ComparisonForm.of(outputs, outputs, List.of("id"), "region", 0, 1_000),
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
                Optional.of(new Shift(0.004, 0.0001, 0.01, 0.001)),
                0.991,
                new TopOverlap(List.of(0.93, 0.95, 0.97), 0.02),
                0.001)),
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

  private static ComparisonEvidence evidence(Optional<DataComparison> rows, Effect http)
      throws BrokenJsonException {
    return ComparisonEvidence.read("comparison.json", comparison(rows, http).toJson());
  }

  private static Verdict.Result result(String rule, ComparisonEvidence evidence)
      throws RuleException {
    return Rule.of(rule, Requirements.words())
        .verdict(evidence.at(MADE.plus(Duration.ofDays(3))))
        .result();
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
          data.top.0.01 >= 0.9       , FIRED
          data.top.0.01 >= 0.94      , PASSED
          data.top.0.01 >= 0.92      , PASSED
          data.ks <= 0.0125          , PASSED
          data.ks <= 0.0131          , FIRED
          data.ks > 0.0115           , PASSED
          data.ks != 0.0125          , PASSED
          data.ks != 0.014           , FIRED
          data.spearman >= 0.9905    , PASSED
          data.spearman >= 0.9899    , FIRED
          "region=DE".top.0.05 >= 0.94 , PASSED
          data.top.error <= 0.05     , FIRED
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
          "region=(missing)".top.0.01 > 0.94 , PASSED
          "region=DE".difference.max <= 0.41 , FIRED
          "region=FR".rows >= 0      , NOT_COMPARED
          "branch=DE".rows >= 0      , NOT_COMPARED
          "region=DE".ks <= 1        , NOT_COMPARED
          "region=DE".auc <= 1       , NOT_COMPARED
          total.auc <= 1             , NOT_COMPARED
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
    ComparisonEvidence evidence = evidence(Optional.of(rows()), Effect.NOTE);
    Verdict verdict = Rule.of("data.ks <= 0.0125", Requirements.words()).verdict(evidence.at(MADE));

    assertThat(evidence.shown(verdict.findings().get(0)))
        .isEqualTo("0.01300, as 0.01200 is within 0.001000");
  }

  @Test
  void whatADocumentDoesNotHaveIsNotMet() throws Exception {
    ComparisonEvidence withoutRows = evidence(Optional.empty(), Effect.COMPATIBLE);

    assertThat(result("data.rows >= 0", withoutRows)).isEqualTo(Verdict.Result.NOT_COMPARED);
    assertThat(result("contract.http < breaking", withoutRows)).isEqualTo(Verdict.Result.FIRED);
    assertThat(
            Rule.of("data.ks <= 1", Requirements.words()).verdict(withoutRows.at(MADE)).absences())
        .containsExactly("the comparison has no data.ks");
  }

  @Test
  void whatNoRowsHaveDecidedAndWhatEndsInTheFutureIsNotMet() throws Exception {
    ComparisonEvidence undecided = evidence(Optional.empty(), Effect.BREAKING_BY_DATA);

    assertThat(result("contract.http < breaking", undecided)).isEqualTo(Verdict.Result.PASSED);
    assertThat(result("contract.http != breaking", undecided)).isEqualTo(Verdict.Result.PASSED);
    assertThatThrownBy(() -> result("contract.http != breaking_by_data", undecided))
        .hasMessageContaining("there is no baseline 'breaking_by_data'");
    assertThat(
            Rule.of("age.days <= 7", Requirements.words())
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

    assertThat(paths).hasSizeGreaterThan(30).contains("data.flips.share", "data.difference.p999");
    ComparisonEvidence evidence = ComparisonEvidence.read("comparison.json", document);
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
    assertThatThrownBy(() -> Rule.of("data.flips.shar <= 1", Requirements.words()))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining("did you mean flips.share?");
    assertThatThrownBy(() -> Rule.of("contract.http < broken", Requirements.words()))
        .hasMessageContaining("there is no baseline 'broken'");
    assertThatThrownBy(() -> Rule.of("forest.trees < 9", Requirements.words()))
        .hasMessageContaining("there is no subject 'forest'");
    assertThatThrownBy(() -> Rule.of("\"region=DE\".dropped < 1", Requirements.words()))
        .hasMessageContaining("there is no measure of region=DE 'dropped'");
    assertThatThrownBy(() -> Rule.of("data.flips. < 9", Requirements.words()))
        .hasMessageContaining("a measure is expected");
    for (String number : List.of("3", "breaking + 1", "2 * note", "note|breaking")) {
      assertThatThrownBy(() -> Rule.of("contract.http < " + number, Requirements.words()))
          .hasMessageContaining("contract.http is a word; write one of ");
    }

    assertThat(ComparisonEvidence.ofSlices())
        .doesNotContainAnyElementsOf(
            OutcomeWords.ofOne(EnumSet.allOf(OutcomeKind.class), Set.of()).others().measures());
    for (String subject : List.of("totl", "region", "credit")) {
      assertThatThrownBy(() -> Rule.of(subject + ".auc > 0.7", Requirements.words()))
          .hasMessageContaining("there is no subject '%s'".formatted(subject))
          .hasMessageContaining("names such as credit/3 and region=DE");
    }

    assertThatThrownBy(() -> Rule.required("warn: data.ks < 1", Requirements.words()))
        .hasMessageContaining("leave out 'warn:'");
  }

  @Test
  void aChangedDocumentIsNoEvidenceAndOthersNeither() throws Exception {
    byte[] document = comparison(Optional.of(rows()), Effect.NOTE).toJson();
    assertThat(ComparisonEvidence.read("comparison.json", document).digest(Side.CHALLENGER))
        .isEqualTo("4".repeat(64));
    String changed = new String(document, StandardCharsets.UTF_8).replace("1000000", "1000001");

    for (byte[] other : List.of(changed.getBytes(StandardCharsets.UTF_8), new byte[] {'{', '}'})) {
      assertThatThrownBy(() -> ComparisonEvidence.read("comparison.json", other))
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageStartingWith("Cannot use comparison.json as evidence: ");
    }
  }

  @Test
  void anotherFormatOrKindIsNoEvidence() {
    byte[] document = comparison(Optional.of(rows()), Effect.NOTE).toJson();
    for (byte[] other :
        List.of(
            ResealedJson.replaced(document, "\"format\": 1", "\"format\": 2"),
            ResealedJson.replaced(document, "\"kind\": \"diff\"", "\"kind\": \"guess\""))) {
      assertThat(SealedJson.isWhole(other)).isTrue();
      assertThatThrownBy(() -> ComparisonEvidence.read("comparison.json", other))
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageContaining(
              "a comparison of format 1, one of the kinds [diff, challenger, shadow, replay]");
    }
  }
}
