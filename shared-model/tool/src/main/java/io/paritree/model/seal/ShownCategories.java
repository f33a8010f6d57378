package io.paritree.model.seal;

import io.paritree.feature.NumberText;
import io.paritree.feature.Sentinels;
import io.paritree.xgboost.RecordedCategories;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The categories that a column's cells show, in the order in which pandas codes them: whole numbers
 * by size, texts by code points. Fractions are texts here; pandas has them by size, so a draft asks
 * for the trainer's order.
 *
 * @param categories the values in that order
 * @param missing the texts among the cells that pandas takes as missing
 */
record ShownCategories(RecordedCategories categories, Sentinels missing) {
  /** The defaults of {@code na_values} in pandas 2, without the empty cell. */
  private static final Set<String> MISSING =
      Set.of(
          "#N/A",
          "#N/A N/A",
          "#NA",
          "-1.#IND",
          "-1.#QNAN",
          "-NaN",
          "-nan",
          "1.#IND",
          "1.#QNAN",
          "<NA>",
          "N/A",
          "NA",
          "NULL",
          "NaN",
          "None",
          "n/a",
          "nan",
          "null");

  private static final BigDecimal LIMIT = BigDecimal.valueOf(1L << 53);

  /** UTF-8 bytes have the order of code points; Java's own order of text is another one. */
  private static final Comparator<String> BY_CODE_POINT =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  /**
   * @param cells the different cells of the column, none of them empty
   * @param isText whether the trainer's values are known to be text
   * @return empty if pandas takes all cells as missing
   */
  static Optional<ShownCategories> of(Set<String> cells, boolean isText) {
    List<String> values =
        cells.stream().filter(cell -> !isMissing(cell)).sorted(BY_CODE_POINT).toList();
    if (values.isEmpty()) {
      return Optional.empty();
    }

    boolean isWhole = !isText && values.stream().allMatch(ShownCategories::isWhole);
    RecordedCategories categories =
        isWhole
            ? new RecordedCategories.Integers(
                values.stream()
                    .map(text -> new BigDecimal(text).longValueExact())
                    .distinct()
                    .sorted()
                    .toList())
            : new RecordedCategories.Texts(values);
    List<String> missing = cells.stream().filter(ShownCategories::isMissing).sorted().toList();
    return Optional.of(new ShownCategories(categories, Sentinels.of(missing)));
  }

  /** Returns whether pandas takes a cell as missing. */
  static boolean isMissing(String cell) {
    return MISSING.contains(cell);
  }

  private static boolean isWhole(String cell) {
    if (Double.isNaN(NumberText.parse(cell))) {
      return false;
    }

    BigDecimal number = new BigDecimal(cell);
    return number.abs().compareTo(LIMIT) < 0 && number.stripTrailingZeros().scale() <= 0;
  }
}
