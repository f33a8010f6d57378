package io.paritree.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.rule.RuleWords.Measure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {
  private static final List<String> BASELINES = List.of("sealed", "before");
  private static final List<Measure> OF_FRUIT =
      List.of(
          Measure.value("weight", BASELINES),
          Measure.value("sugar", List.of()),
          Measure.comparison("change", BASELINES));
  private static final RuleWords WORDS =
      new RuleWords(
          Map.of(
              "crates", List.of(Measure.value("", List.of("before"))),
              "each", OF_FRUIT,
              "apple", OF_FRUIT,
              "blood \"orange\"", OF_FRUIT,
              "Äpfel_2", OF_FRUIT),
          RuleWords.Others.NONE);

  /** Values by the texts that ask for them; the others are not there. */
  private static final class Scales implements RuleValues {
    private final Map<String, Reading> readings = new HashMap<>();

    Scales with(String what, double value) {
      return with(what, Reading.of(value));
    }

    Scales with(String what, Reading reading) {
      readings.put(what, reading);
      return this;
    }

    private Reading reading(String what) {
      return readings.getOrDefault(what, Reading.absent("no " + what));
    }

    @Override
    public List<String> subjects(String word) {
      return word.equals("each") ? List.of("apple", "pear", "plum") : List.of(word);
    }

    @Override
    public Reading value(String subject, String measure) {
      return reading(subject + "." + measure);
    }

    @Override
    public Reading inBaseline(String subject, String measure, String baseline) {
      return reading(subject + "." + measure + " " + baseline);
    }

    @Override
    public Reading comparison(String subject, String measure, String baseline) {
      return reading(subject + "." + measure + "(" + baseline + ")");
    }
  }

  private static Verdict verdict(String rule, Scales values) throws RuleException {
    return Rule.of(rule, WORDS).verdict(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "apple.weight > 4; 4.5; 4",
        "apple.weight>4;4.5;4",
        "  apple . weight  >=  4.5  ; 4.5; 4.5",
        "apple.weight < 5e0; 4.5; 5",
        "apple.weight <= +4.5; 4.5; 4.5",
        "apple.weight > -.5; 4.5; -0.5",
        "apple.weight > sealed; 4.5; 3",
        "apple.weight > sealed + 0.20; 4.5; 3.2",
        "apple.weight > sealed+0.20; 4.5; 3.2",
        "apple.weight > sealed - 1; 4.5; 2",
        "apple.weight > sealed -1; 4.5; 2",
        "apple.weight > sealed * 1.25; 4.5; 3.75",
        "apple.weight > 1.25 * sealed; 4.5; 3.75",
        "apple.weight > 1.25*before|sealed; 4.5; 3.75",
        "apple.weight > before | sealed + 1; 4.5; 4",
        "apple.change > 0.25; 0.5; 0.25",
        "apple.change(sealed) > 0.25; 0.5; 0.25",
        "\"apple\".change ( sealed ) > 0.25; 0.5; 0.25",
        "\"blood \\\"orange\\\"\".weight > 1; 2; 1",
        "Äpfel_2.weight > 1; 3; 1",
        "apple.weight != 4; 4.5; 4",
        "apple.weight!=5;4.5;5",
        "apple.weight != sealed; 4.5; 3",
        "warn: crates < 10; 7; 10",
        "crates < 10; 7; 10",
      })
  void rulesFire(String rule, double value, double limit) throws RuleException {
    Scales values =
        new Scales()
            .with("apple.weight", 4.5)
            .with("apple.weight sealed", 3)
            .with("apple.change(sealed)", 0.5)
            .with("blood \"orange\".weight", 2)
            .with("Äpfel_2.weight", 3)
            .with("crates.", 7);

    Verdict verdict = verdict(rule, values);

    assertThat(verdict.result()).isEqualTo(Verdict.Result.FIRED);
    assertThat(verdict.findings()).hasSize(1);
    assertThat(verdict.findings().get(0).value()).isEqualTo(value);
    assertThat(verdict.findings().get(0).limit()).isEqualTo(limit);
    assertThat(verdict.rule()).isEqualTo(rule.strip());
    assertThat(verdict.holds()).isEqualTo(!rule.startsWith("warn:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"> 4.5", "< 4.5", ">= 5", "<= 4", "!= 4.5", "!= 45e-1"})
  void rulesPassOnTheOtherSideOfTheLimit(String rest) throws RuleException {
    Verdict verdict = verdict("apple.weight " + rest, new Scales().with("apple.weight", 4.5));
    assertThat(verdict.result()).isEqualTo(Verdict.Result.PASSED);
  }

  @Test
  void aRuleAboutEachSubjectComparesItWithItselfAndNamesTheFurthestFirst() throws RuleException {
    Scales values =
        new Scales()
            .with("apple.weight", 4)
            .with("apple.weight sealed", 3)
            .with("pear.weight", 9)
            .with("pear.weight sealed", 6)
            .with("plum.weight", 1)
            .with("plum.weight sealed", 1);

    Verdict verdict = verdict("each.weight > sealed + 0.5", values);

    assertThat(verdict.findings())
        .extracting(Verdict.Finding::text)
        .containsExactly(
            "pear.weight is 9, limit 6.500 by sealed", "apple.weight is 4, limit 3.500 by sealed");
  }

  @Test
  void theSubjectThatCameNearestIsInAVerdictThatPassed() throws RuleException {
    Scales values =
        new Scales().with("apple.weight", 4).with("pear.weight", 9).with("plum.weight", 1);

    Verdict verdict = verdict("each.weight > 10", values);

    assertThat(verdict.result()).isEqualTo(Verdict.Result.PASSED);
    assertThat(verdict.findings()).extracting(Verdict.Finding::subject).containsExactly("pear");
  }

  @Test
  void aRuleWithoutItsBaselineIsNotComparedAndSaysWhy() throws RuleException {
    Verdict verdict = verdict("each.weight > sealed|before", new Scales().with("apple.weight", 4));

    assertThat(verdict.result()).isEqualTo(Verdict.Result.NOT_COMPARED);
    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.absences())
        .containsExactly(
            "no apple.weight sealed; no apple.weight before", "no pear.weight", "no plum.weight");
  }

  @Test
  void subjectsThatAreNotComparedDoNotHideTheOthers() throws RuleException {
    Scales values =
        new Scales()
            .with("apple.change(before)", 1)
            .with("pear.change(before)", Reading.absent("other bins"))
            .with("plum.change(before)", Reading.absent("other bins"));

    Verdict verdict = verdict("each.change(before) > 0.5", values);

    assertThat(verdict.result()).isEqualTo(Verdict.Result.FIRED);
    assertThat(verdict.absences()).containsExactly("other bins (2 subjects)");
  }

  @Test
  void noiseRaisesAnUpperLimitAndNoLowerOne() throws RuleException {
    Scales values =
        new Scales()
            .with("apple.change(sealed)", Reading.of(0.3, 0.4))
            .with("apple.weight", 5)
            .with("apple.weight sealed", Reading.of(3, 6));

    assertThat(verdict("apple.change > 0.25", values).findings().get(0).limit()).isEqualTo(0.4);
    assertThat(verdict("apple.change > 0.25", values).holds()).isFalse();
    assertThat(verdict("apple.change < 0.35", values).holds()).isTrue();
    assertThat(verdict("apple.weight > sealed + 1", values).holds()).isFalse();
    assertThat(verdict("apple.change != 0.25", values).holds()).isFalse();
    assertThat(verdict("apple.change != 0.35", values).holds()).isTrue();
    assertThat(verdict("apple.weight != sealed", values).result()).isEqualTo(Verdict.Result.PASSED);
  }

  @Test
  void ofSeveralValuesThatDifferTheFurthestOnEitherSideIsFirst() throws RuleException {
    Scales values =
        new Scales().with("apple.weight", 5).with("pear.weight", 1).with("plum.weight", 4);

    assertThat(verdict("each.weight != 4", values).findings())
        .extracting(Verdict.Finding::subject)
        .containsExactly("pear", "apple");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "aple.weight > 1; there is no subject 'aple'; did you mean apple?",
        "apple.wieght > 1; there is no measure of apple 'wieght'; did you mean weight?",
        "apple > 1; it names no measure of apple; write one of [weight, sugar, change]",
        "crates.weight > 1; crates has no measures; write it by itself",
        "apple.weight > seald + 1; there is no baseline 'seald'; did you mean sealed?",
        "crates < 0.5 * sealed; there is no baseline 'sealed'; known are [before]",
        "apple.sugar > sealed; there is no baseline 'sealed'; known are []",
        "apple.change > sealed + 1; write it as apple.change(sealed), and a number as the bound",
        "apple.weight(sealed) > 1; write the baseline into the bound, as in sealed + 0.1",
        "apple.weight = 1; <, <=, >, >= or != is expected, but '= 1' follows",
        "apple.weight ! 1; <, <=, >, >= or != is expected, but '! 1' follows",
        "apple.weight <> 1; a number or a baseline is expected, but '> 1' follows",
        "apple.weight >; a number or a baseline is expected, but it ends there",
        "apple.weight > 1 2; its end is expected, but '2' follows",
        "apple.weight > 1 + sealed; its end is expected, but '+ sealed' follows",
        "apple.weight > 1.2.3; a number is expected, but '1.2.3' follows",
        "apple.weight > 1e999; a number is expected",
        "apple.weight > sealed + x; a number is expected, but 'x' follows",
        "apple. > 1; a measure is expected, but '> 1' follows",
        "apple.weight(sealed > 1; ) is expected, but '> 1' follows",
        "\"apple.weight > 1; \" is expected, but it ends there",
        "apple.weight > NaN; there is no baseline 'NaN'",
      })
  void wrongRulesAreRefusedWithWhatWasExpected(String rule, String why) {
    assertThatThrownBy(() -> Rule.of(rule, WORDS))
        .isInstanceOf(RuleException.class)
        .hasMessageStartingWith("Cannot use the rule '")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "warn:", "\n", ">", "1 > 2", "\"\" > 1", "\u0000.weight > 1"})
  void textsThatAreNoRuleAreRefused(String text) {
    assertThatThrownBy(() -> Rule.of(text, WORDS))
        .isInstanceOf(RuleException.class)
        .hasMessageNotContaining("\u0000")
        .hasMessageNotContaining("\n");
  }

  @Test
  void wordsThatAreNotKnownYetMayBeAnySubject() throws RuleException {
    RuleWords open =
        new RuleWords(
            Map.of("crates", List.of(Measure.value("", List.of()))),
            RuleWords.Others.any(OF_FRUIT));

    assertThat(Rule.of("quince.weight > 1", open).text()).isEqualTo("quince.weight > 1");
    assertThatThrownBy(() -> Rule.of("quince.wieght > 1", open))
        .hasMessageContaining("did you mean weight?");
  }

  @Test
  void wordsThatAreNotKnownYetMayHaveNamesOfOneForm() throws RuleException {
    RuleWords ofSorts =
        new RuleWords(
            Map.of("apples", OF_FRUIT),
            new RuleWords.Others(OF_FRUIT, Pattern.compile("sort-.*"), List.of("sort-1")));

    assertThat(Rule.of("\"sort-22\".weight > 1", ofSorts).subject()).isEqualTo("sort-22");
    assertThatThrownBy(() -> Rule.of("aples.weight > 1", ofSorts))
        .hasMessageContaining(
            "there is no subject 'aples'; did you mean apples?; known are [apples], and names such as sort-1");
  }
}
