package io.paritree.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.RuleWords;
import io.paritree.rule.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final NumberBins BINS = new NumberBins(1, 2);
  private static final List<Double> NONE = List.of();

  private static Optional<BinCounts> bins(Long... counts) {
    return Optional.of(new BinCounts(BINS, List.of(counts)));
  }

  private static FeatureProfile feature(
      String feature,
      String field,
      long missing,
      Optional<BinCounts> bins,
      List<Double> contributions) {
    return new FeatureProfile(feature, field, missing, 0, bins, contributions);
  }

  private static Profile profile(List<FeatureProfile> features, List<MarginProfile> margins) {
    return new Profile(
        100,
        100,
        100,
        100,
        features,
        List.of(new OutputProfile("0", 0.25, OptionalLong.of(10), bins(50L, 25L, 25L, 0L))),
        margins,
        Map.of("amount", Map.of("not_a_number", 3L, "out_of_range", 2L)));
  }

  private static MarginProfile margin(double mean, double base) {
    return new MarginProfile(mean, base, OptionalDouble.of(2));
  }

  private static Baseline reference(Profile profile) {
    return new Baseline(Baseline.REFERENCE, List.of(), profile);
  }

  private static final Profile NIGHT =
      profile(
          List.of(
              feature("amount", "amount", 5, bins(40L, 30L, 25L, 5L), List.of(0.5, -0.25)),
              feature("hour", "applied", 1, bins(10L, 89L, 0L, 1L), List.of(0.1, 0.5)),
              feature("weekday", "applied", 2, bins(90L, 8L, 0L, 2L), List.of(-0.4, 0.25)),
              feature("exposure", "exposure", 0, Optional.empty(), NONE)),
          List.of(margin(1.2, 1), margin(1.5, 1)));

  private static final Profile SEALED =
      profile(
          List.of(
              feature("amount", "amount", 0, bins(45L, 30L, 25L, 0L), List.of(0.25, 0.25)),
              feature("hour", "applied", 0, bins(11L, 89L, 0L, 0L), List.of(0.0, 0.0)),
              feature("weekday", "applied", 0, bins(10L, 88L, 1L, 1L), List.of(0.0, 0.0)),
              feature("exposure", "exposure", 0, Optional.empty(), NONE)),
          List.of(margin(0.75, 0.5), margin(1.25, 1)));

  private static Profile with(Profile profile, List<FeatureProfile> features) {
    return new Profile(
        profile.rows(),
        profile.scored(),
        profile.sampled(),
        profile.explained(),
        features,
        profile.outputs(),
        profile.margins(),
        profile.faults());
  }

  @Test
  void impactsAndBasesAddUpToTheChangeOfEachMargin() {
    Drift drift = Drift.of(NIGHT, reference(SEALED));

    MarginDrift first = drift.margins().get(0);
    assertThat(first.change()).isCloseTo(0.45, within(1e-15));
    assertThat(first.base()).isEqualTo(0.5);
    assertThat(first.impacts()).isCloseTo(-0.05, within(1e-15));
    assertThat(first.rest()).isCloseTo(0, within(1e-15));
    assertThat(first.explained()).isTrue();
    assertThat(first.deviations()).hasValueCloseTo(0.225, within(1e-15));
    assertThat(drift.margins().get(1).explained()).isTrue();
    assertThat(MarginDrift.of(1, 0.5, 0.4, 10, OptionalDouble.empty()).explained()).isFalse();
  }

  @Test
  void theImpactOfAFieldIsTheSumOfItsFeaturesForTheMarginWhereItIsLargest() {
    Drift drift = Drift.of(NIGHT, reference(SEALED));

    assertThat(drift.byImpact()).extracting(FieldDrift::name).containsExactly("applied", "amount");
    assertThat(drift.byImpact().get(0).impact()).hasValue(0.75);
    assertThat(drift.byImpact().get(1).impact()).hasValue(-0.5);
  }

  @Test
  void ofAFieldWithSeveralFeaturesTheLargestShiftAndSharesCount() {
    Drift drift = Drift.of(NIGHT, reference(SEALED));
    FieldDrift applied = drift.fields().get(1);

    assertThat(applied.features()).extracting(FieldDrift::name).containsExactly("hour", "weekday");
    assertThat(applied.shift()).isEqualTo(applied.features().get(1).shift());
    assertThat(Shares.of(NIGHT, "applied", NIGHT.features().subList(1, 3)))
        .isEqualTo(new Shares(100, 0.02, 0, 0));
    assertThat(new DriftValues(NIGHT, List.of(drift), Map.of()).shares().get("amount"))
        .isEqualTo(new Shares(100, 0.05, 0, 0.05));
  }

  @Test
  void whatIsNotComparedSaysWhy() {
    NumberBins others = new NumberBins(1, 3);
    Profile other =
        with(
            SEALED,
            List.of(
                feature(
                    "amount",
                    "amount",
                    0,
                    Optional.of(new BinCounts(others, List.of(1L, 1L, 1L, 1L))),
                    List.of(0.25, 0.25)),
                feature("hour", "applied", 0, Optional.empty(), List.of(0.0, 0.0)),
                feature("exposure", "exposure", 0, Optional.empty(), NONE)));

    Drift drift = Drift.of(NIGHT, new Baseline(Baseline.PREVIOUS, List.of("day=1"), other));

    assertThat(drift.fields().get(0).notShifted()).isEqualTo("previous has other bins");
    assertThat(drift.fields().get(1).features().get(0).notShifted())
        .isEqualTo("previous has no bins");
    assertThat(drift.fields().get(1).features().get(1).notShifted())
        .isEqualTo("previous does not have it");
    assertThat(drift.fields().get(2).notShifted())
        .isEqualTo("the model's package has no bins for it");
    assertThat(drift.margins()).isEmpty();
    assertThat(drift.notExplained()).isEqualTo("previous has no contributions of this model");
    assertThat(drift.byImpact()).isEmpty();
  }

  @Test
  void rulesCompareFieldsFeaturesAndScores() throws RuleException {
    assertThat(finding("amount.missing > 0.04").value()).isEqualTo(0.05);
    assertThat(verdict("amount.missing > reference + 0.01").findings().get(0).limit())
        .as("5 of 100 rows in place of none can be chance")
        .isBetween(0.05, 0.15);
    assertThat(finding("amount.faults >= 0.05").value()).isEqualTo(0.05);
    assertThat(finding("hour.missing > 0").value()).isEqualTo(0.01);
    assertThat(finding("applied.impact > 0.1").value()).isEqualTo(0.75);
    assertThat(finding("amount.impact > 0.1").value()).isEqualTo(0.5);
    assertThat(finding("any.linf > 0.5").subject()).isEqualTo("applied");
    assertThat(finding("score.mean >= reference * 1").value()).isEqualTo(0.25);
    assertThat(finding("score.above <= 0.1").value()).isEqualTo(0.1);
    assertThat(finding("score.js <= 0").subject()).isEqualTo("score");
    assertThat(verdict("exposure.impact > 0").absences())
        .containsExactly("an offset has no contributions: it is part of the base");
    assertThat(verdict("rows < previous").absences()).containsExactly("the first night");
    assertThat(verdict("any.psi(weekday) > 0").absences())
        .containsExactly("there is no weekday (3 subjects)");
  }

  @Test
  void aFieldMayBeNamedAsTheRowsOrTheScore() throws RuleException {
    Profile night =
        with(
            NIGHT,
            List.of(
                feature("rows", "rows", 5, bins(40L, 30L, 25L, 5L), NONE),
                feature("score", "score", 30, bins(10L, 50L, 10L, 30L), NONE)));
    Profile sealed =
        with(
            SEALED,
            List.of(
                feature("rows", "rows", 0, bins(45L, 30L, 25L, 0L), NONE),
                feature("score", "score", 0, bins(90L, 5L, 5L, 0L), NONE)));
    DriftValues values =
        new DriftValues(night, List.of(Drift.of(night, reference(sealed))), Map.of());
    RuleWords words = DriftWords.ofAnyModel();

    Verdict missing = Rule.of("any.missing >= 0.05", words).verdict(values);
    assertThat(missing.findings())
        .extracting(Verdict.Finding::subject, Verdict.Finding::value)
        .containsExactly(tuple("score", 0.3), tuple("rows", 0.05));
    assertThat(Rule.of("any.missing > reference + 0.2", words).verdict(values).findings())
        .extracting(Verdict.Finding::subject)
        .containsExactly("score");
    assertThat(Rule.of("any.psi > 0.25", words).verdict(values).findings())
        .extracting(Verdict.Finding::subject)
        .containsExactly("score");
    assertThat(Rule.of("score.psi > 0.25", words).verdict(values).result())
        .isEqualTo(Verdict.Result.PASSED);
    assertThat(Rule.of("score.mean <= 0.25", words).verdict(values).findings().get(0).value())
        .isEqualTo(0.25);
    Verdict rows = Rule.of("rows <= 100", words).verdict(values);
    assertThat(rows.findings().get(0).value()).isEqualTo(100);
    assertThat(Suspects.of(night, List.of(), List.of(missing, rows), 5)).startsWith("rows");
  }

  @Test
  void rowsAreNotComparedWithABaselineThatHasNone() throws RuleException {
    Profile none = new Profile(0, 0, 0, 0, List.of(), List.of(), List.of(), Map.of());
    Drift empty = Drift.of(NIGHT, new Baseline(Baseline.PREVIOUS, List.of("day=1"), none));
    Drift full = Drift.of(NIGHT, new Baseline(Baseline.PREVIOUS, List.of("day=1"), SEALED));
    for (String rule : List.of("rows > 1.8 * previous", "rows < 0.5 * previous")) {
      Verdict verdict =
          Rule.of(rule, DriftWords.ofAnyModel())
              .verdict(new DriftValues(NIGHT, List.of(empty), Map.of()));
      assertThat(verdict.result()).as(rule).isEqualTo(Verdict.Result.NOT_COMPARED);
      assertThat(verdict.absences()).containsExactly("previous has no row");
      assertThat(
              Rule.of(rule, DriftWords.ofAnyModel())
                  .verdict(new DriftValues(NIGHT, List.of(full), Map.of()))
                  .result())
          .isEqualTo(Verdict.Result.PASSED);
    }
  }

  private static Verdict.Finding finding(String rule) throws RuleException {
    Verdict verdict = verdict(rule);
    assertThat(verdict.result()).as(rule).isEqualTo(Verdict.Result.FIRED);
    return verdict.findings().get(0);
  }

  private static Verdict verdict(String rule) throws RuleException {
    DriftValues values =
        new DriftValues(
            NIGHT,
            List.of(Drift.of(NIGHT, reference(SEALED))),
            Map.of(Baseline.PREVIOUS, "the first night"));
    return Rule.of(rule, DriftWords.ofAnyModel()).verdict(values);
  }

  @Test
  void theDocumentHasMeasuresAndReasons() {
    Drift drift = Drift.of(NIGHT, reference(SEALED));

    assertThat(JsonText.text(Documents.value(drift)))
        .contains(
            "\"baseline\": \"reference\"",
            "\"rows\": 100.0",
            "\"field\": \"applied\"",
            "\"feature\": \"hour\"",
            "\"impact\": 0.75",
            "\"not_compared\": \"the model's package has no bins for it\"",
            "\"baseline_mean\": 0.25",
            "\"explained\": true");
  }

  @Test
  void weekdaysCountTheMeanOfTheirRows() {
    Baseline weekday =
        new Baseline(Baseline.WEEKDAY, List.of("day=1", "day=8"), SEALED.plus(SEALED));

    assertThat(Drift.of(NIGHT, weekday).rows()).isEqualTo(100);
  }
}
