package io.paritree.model.seal;

import io.paritree.feature.NumberText;
import io.paritree.model.rows.FarNumbers;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the cells of one column of a CSV file have in common. Not thread-safe. */
final class ColumnCells {
  /** The largest number of different cells that are kept. */
  static final int MAX_CATEGORIES = 10_000;

  private boolean anyValue;
  private boolean onlyNumbers = true;
  private boolean onlyTruths = true;
  private final TreeSet<String> texts = new TreeSet<>();
  private final FarNumbers numbers = new FarNumbers();

  void add(String cell) {
    if (cell.isEmpty()) {
      return;
    }

    anyValue = true;
    double number = NumberText.parse(cell);
    onlyNumbers &= !Double.isNaN(number);
    if (!Double.isNaN(number)) {
      numbers.add(number);
    }

    onlyTruths &= cell.equals("true") || cell.equals("false");
    if (!hasTooMany()) {
      texts.add(cell); // one more than the limit shows that there are too many
    }
  }

  /** Returns the different cells, ascending; one more than the limit if there are too many. */
  Set<String> texts() {
    return texts;
  }

  /** Returns the texts that are no numbers. */
  List<String> words() {
    return texts.stream().filter(text -> Double.isNaN(NumberText.parse(text))).toList();
  }

  /** Returns the numbers that look like sentinels. */
  Collection<Double> farNumbers() {
    return numbers.found();
  }

  boolean hasTooMany() {
    return texts.size() > MAX_CATEGORIES;
  }

  boolean isTruths() {
    return anyValue && onlyTruths;
  }

  boolean isText() {
    return anyValue && !onlyNumbers && !onlyTruths;
  }
}
