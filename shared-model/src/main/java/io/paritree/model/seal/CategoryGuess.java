package io.paritree.model.seal;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import io.paritree.feature.Sentinels;
import io.paritree.xgboost.RecordedCategories;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The vocabulary that pandas would have made of a column's cells, had it read and coded them.
 *
 * <p>{@code read_csv} makes numbers of a column if all its cells are numbers, otherwise text, and
 * takes certain texts as missing; {@code astype("category")} sorts the values: numbers by size,
 * text by code points. The order is a guess: the column may have been text for the trainer.
 *
 * @param categories the values in code order
 * @param missing the texts among the cells that pandas takes as missing
 * @param doubts what speaks against the guess, in words
 */
record CategoryGuess(RecordedCategories categories, Sentinels missing, List<String> doubts) {
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
  private static final int SHOWN = 8;

  /** UTF-8 bytes have the order of code points; Java's own order of text is another one. */
  private static final Comparator<String> BY_CODE_POINT =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  /**
   * @param cells the different cells of the column, none of them empty
   * @param isText whether the trainer's values are known to be text
   * @param codes how many codes the model is known to have; texts that pandas takes as missing are
   *     values if there are too few others
   * @return the guess; empty if pandas takes all cells as missing
   */
  static Optional<CategoryGuess> of(Set<String> cells, boolean isText, int codes) {
    List<String> missing = cells.stream().filter(MISSING::contains).sorted().toList();
    boolean isEachAValue = cells.size() >= codes && cells.size() - missing.size() < codes;
    List<String> values =
        cells.stream()
            .filter(cell -> isEachAValue || !MISSING.contains(cell))
            .sorted(BY_CODE_POINT)
            .toList();
    if (values.isEmpty()) {
      return Optional.empty();
    }

    List<String> doubts = new ArrayList<>();
    if (isEachAValue) {
      doubts.add(
          "%s as a value, unlike pandas, because the model has %s codes"
              .formatted(quoted(missing), codes));
      missing = List.of();
    } else if (!missing.isEmpty()) {
      doubts.add(
          "%s as missing, like pandas: if that is a value, move it to \"categories\""
              .formatted(quoted(missing)));
    }

    RecordedCategories categories =
        isText || values.stream().mapToDouble(NumberText::parse).anyMatch(Double::isNaN)
            ? new RecordedCategories.Texts(values)
            : numbers(values, doubts);
    return Optional.of(new CategoryGuess(categories, Sentinels.of(missing), doubts));
  }

  /** Returns whether pandas takes a cell as missing. */
  static boolean isMissing(String cell) {
    return MISSING.contains(cell);
  }

  private static RecordedCategories numbers(List<String> values, List<String> doubts) {
    List<String> bySize = values.stream().sorted(Comparator.comparing(BigDecimal::new)).toList();
    doubts.add(
        bySize.equals(values)
            ? "if they were text for the trainer, put them in quotes"
            : "if they were text for the trainer, they are %s in this order"
                .formatted(quoted(values)));
    List<BigDecimal> numbers = bySize.stream().map(BigDecimal::new).toList();
    if (numbers.stream().allMatch(CategoryGuess::isWhole)) {
      doubts.add("if they are codes already, give \"codes\"");
      return new RecordedCategories.Integers(
          numbers.stream().map(BigDecimal::longValueExact).distinct().toList());
    }

    doubts.add("some are no whole numbers, so all are given as text, which callers must send");
    return new RecordedCategories.Texts(bySize);
  }

  private static boolean isWhole(BigDecimal number) {
    return number.abs().compareTo(LIMIT) < 0 && number.stripTrailingZeros().scale() <= 0;
  }

  private static String quoted(List<String> texts) {
    String shown =
        texts.stream()
            .limit(SHOWN)
            .map(text -> "\"" + Fault.printable(text) + "\"")
            .collect(Collectors.joining(", "));
    return texts.size() > SHOWN ? shown + ", ... (sorted as text)" : shown;
  }
}
