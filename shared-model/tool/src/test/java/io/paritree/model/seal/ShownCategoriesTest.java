package io.paritree.model.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.xgboost.RecordedCategories;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The order that pandas 2.2's {@code read_csv} and {@code astype("category")} give, as tried; but
 * for fractions, which pandas sorts by size.
 */
class ShownCategoriesTest {
  @Test
  void wholeNumbersAreSortedBySize() {
    assertThat(shown(Set.of("9", "10", "-3", "2e1"), false).categories())
        .isEqualTo(new RecordedCategories.Integers(List.of(-3L, 9L, 10L, 20L)));
    assertThat(shown(Set.of("2.0", "10.0", "2"), false).categories())
        .isEqualTo(new RecordedCategories.Integers(List.of(2L, 10L)));
  }

  @Test
  void numbersThatNoCategoryHoldsAreText() {
    for (Set<String> cells : List.of(Set.of("1.5", "10.5", "9"), Set.of("9007199254740993", "9"))) {
      assertThat(shown(cells, false).categories())
          .isEqualTo(new RecordedCategories.Texts(cells.stream().sorted().toList()));
    }
  }

  @Test
  void textIsSortedByCodePointsAndOneTextMakesAllCellsText() {
    assertThat(shown(Set.of("9", "10", "A"), false).categories()).isEqualTo(texts("10", "9", "A"));
    assertThat(shown(Set.of("10115", "01234"), false).categories())
        .isEqualTo(texts("01234", "10115"));
    assertThat(shown(Set.of("b", "B", "ä", "\uff5e", "\ud83d\ude00"), false).categories())
        .isEqualTo(texts("B", "b", "ä", "\uff5e", "\ud83d\ude00"));
    assertThat(shown(Set.of("True", "False"), false).categories())
        .isEqualTo(texts("False", "True"));
    assertThat(shown(Set.of("9", "10"), true).categories()).isEqualTo(texts("10", "9"));
  }

  @Test
  void whatPandasReadsAsMissingIsNoCategory() {
    ShownCategories shown = shown(Set.of("9", "10", "NA", "nan"), false);
    assertThat(shown.categories()).isEqualTo(new RecordedCategories.Integers(List.of(9L, 10L)));
    assertThat(shown.missing().texts()).containsExactlyInAnyOrder("NA", "nan");
    assertThat(ShownCategories.of(Set.of("NA"), false)).isEmpty();
  }

  private static ShownCategories shown(Set<String> cells, boolean isText) {
    return ShownCategories.of(cells, isText).orElseThrow();
  }

  private static RecordedCategories texts(String... values) {
    return new RecordedCategories.Texts(List.of(values));
  }
}
