package io.paritree.model.seal;

import io.paritree.feature.NumberText;
import io.paritree.feature.Sentinels;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the cells of one column of a CSV file have in common. Not thread-safe. */
final class ColumnCells {
  /** The largest number of different cells that are kept. */
  static final int MAX_CATEGORIES = 10_000;

  private boolean anyEmpty;
  private boolean anyValue;
  private boolean onlyNumbers = true;
  private boolean onlyTruths = true;
  private final TreeSet<String> texts = new TreeSet<>();
  private final TreeSet<String> words = new TreeSet<>();
  private final FarNumbers numbers = new FarNumbers();

  void add(String cell) {
    if (cell.isEmpty()) {
      anyEmpty = true;
      return;
    }

    anyValue = true;
    double number = NumberText.parse(cell);
    onlyNumbers &= !Double.isNaN(number);
    numbers.add(number);

    onlyTruths &= cell.equals("true") || cell.equals("false");
    if (Double.isNaN(number) && !hasTooManyWords()) {
      words.add(cell);
    }

    if (!hasTooMany()) {
      texts.add(cell); // one more than the limit shows that there are too many
    }
  }

  private static boolean isSentinel(float slot, Sentinels missing) {
    return missing.withSpelledNumbers().numbers().stream()
        .anyMatch(number -> (float) (double) number == slot);
  }

  /**
   * Returns whether a cell is missing, is one of the sentinels, or may be: only the first cells are
   * known if there are too many.
   */
  boolean anyMissing(Sentinels missing) {
    return anyEmpty
        || !anyValue
        || (hasTooMany() && !missing.equals(Sentinels.NONE))
        || texts.stream()
            .anyMatch(
                cell ->
                    missing.texts().contains(cell)
                        || isSentinel((float) NumberText.parse(cell), missing));
  }

  /** Returns the different cells, ascending; one more than the limit if there are too many. */
  Set<String> texts() {
    return texts;
  }

  /** Returns the different cells that are no numbers; one more than the limit if too many. */
  List<String> words() {
    return List.copyOf(words);
  }

  /** Returns the numbers that look like sentinels. */
  List<Double> farNumbers() {
    return numbers.found();
  }

  boolean hasTooMany() {
    return texts.size() > MAX_CATEGORIES;
  }

  boolean hasTooManyWords() {
    return words.size() > MAX_CATEGORIES;
  }

  boolean isTruths() {
    return anyValue && onlyTruths;
  }

  boolean isText() {
    return anyValue && !onlyNumbers && !onlyTruths;
  }
}
