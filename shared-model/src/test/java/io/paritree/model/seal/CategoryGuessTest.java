package io.paritree.model.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.xgboost.RecordedCategories;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order that pandas 2.2's {@code read_csv} and {@code astype("category")} give, as tried. */
class CategoryGuessTest {
  @Test
  void numbersAreSortedBySize() {
    assertThat(guess(Set.of("9", "10", "-3", "2e1"), false).categories())
        .isEqualTo(new RecordedCategories.Integers(List.of(-3L, 9L, 10L, 20L)));
    assertThat(guess(Set.of("2.0", "10.0", "2"), false).categories())
        .isEqualTo(new RecordedCategories.Integers(List.of(2L, 10L)));
  }

  @Test
  void numbersThatNoCategoryHoldsAreTextInTheOrderOfTheirSize() {
    for (Set<String> cells : List.of(Set.of("1.5", "10.5", "9"), Set.of("9007199254740993", "9"))) {
      CategoryGuess guess = guess(cells, false);
      assertThat(guess.categories()).isInstanceOf(RecordedCategories.Texts.class);
      assertThat(((RecordedCategories.Texts) guess.categories()).values())
          .containsExactlyInAnyOrderElementsOf(cells)
          .isSortedAccordingTo(java.util.Comparator.comparingDouble(Double::parseDouble));
      assertThat(guess.doubts().toString()).contains("given as text, which callers must send");
    }
  }

  @Test
  void textIsSortedByCodePointsAndOneTextMakesAllCellsText() {
    assertThat(guess(Set.of("9", "10", "A"), false).categories()).isEqualTo(texts("10", "9", "A"));
    assertThat(guess(Set.of("10115", "01234"), false).categories())
        .isEqualTo(texts("01234", "10115"));
    assertThat(guess(Set.of("b", "B", "ä", "\uff5e", "\ud83d\ude00"), false).categories())
        .isEqualTo(texts("B", "b", "ä", "\uff5e", "\ud83d\ude00"));
    assertThat(guess(Set.of("True", "False"), false).categories())
        .isEqualTo(texts("False", "True"));
  }

  @Test
  void whatIsKnownToBeTextIsSortedAsText() {
    assertThat(guess(Set.of("9", "10"), true).categories()).isEqualTo(texts("10", "9"));
    assertThat(guess(Set.of("9", "10"), false).doubts())
        .anyMatch(doubt -> doubt.endsWith("\"10\", \"9\" in this order"))
        .anyMatch(doubt -> doubt.contains("codes already"));
  }

  @Test
  void whatPandasReadsAsMissingIsNoCategory() {
    CategoryGuess guess = guess(Set.of("9", "10", "NA", "nan"), false);
    assertThat(guess.categories()).isEqualTo(new RecordedCategories.Integers(List.of(9L, 10L)));
    assertThat(guess.missing().texts()).containsExactlyInAnyOrder("NA", "nan");
    assertThat(guess.doubts()).anyMatch(doubt -> doubt.startsWith("\"NA\", \"nan\" as missing"));
    assertThat(CategoryGuess.of(Set.of("NA"), false, 0)).isEmpty();
  }

  @Test
  void whatPandasReadsAsMissingIsACategoryIfTheModelHasThatManyCodes() {
    CategoryGuess guess = CategoryGuess.of(Set.of("car", "home", "NA"), false, 3).orElseThrow();
    assertThat(guess.categories()).isEqualTo(texts("NA", "car", "home"));
    assertThat(guess.missing().texts()).isEmpty();
    assertThat(guess.doubts()).anyMatch(doubt -> doubt.startsWith("\"NA\" as a value"));
    for (int codes : new int[] {2, 4}) {
      assertThat(CategoryGuess.of(Set.of("car", "home", "NA"), false, codes).orElseThrow())
          .extracting(CategoryGuess::categories)
          .isEqualTo(texts("car", "home"));
    }
  }

  private static CategoryGuess guess(Set<String> cells, boolean isText) {
    return CategoryGuess.of(cells, isText, 0).orElseThrow();
  }

  private static RecordedCategories texts(String... values) {
    return new RecordedCategories.Texts(List.of(values));
  }
}
