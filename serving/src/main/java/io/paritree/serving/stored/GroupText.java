package io.paritree.serving.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of a reason of several columns as it is stored: {@code city=Ulm, zip=89073}. */
final class GroupText {
  private GroupText() {}

  /**
   * Returns the values of the columns; an absent one is the empty text.
   *
   * @return empty if the text can be read in several ways, since a value contains the separator
   */
  static Optional<List<String>> values(String text, List<String> columns) {
    int count = columns.size();
    List<String> names = new ArrayList<>();
    for (int column = 0; column < count; column++) {
      names.add((column == 0 ? "" : ", ") + columns.get(column) + "=");
    }

    if (text == null || !text.startsWith(names.get(0))) {
      return Optional.empty();
    }

    // If the first and the last place of each name are the same, there is no other way.
    int[] starts = new int[count];
    for (int column = 1; column < count; column++) {
      int from = starts[column - 1] + names.get(column - 1).length();
      starts[column] = text.indexOf(names.get(column), from);
      if (starts[column] < 0) {
        return Optional.empty();
      }
    }

    int end = text.length();
    for (int column = count - 1; column > 0; column--) {
      end -= names.get(column).length();
      if (text.lastIndexOf(names.get(column), end) != starts[column]) {
        return Optional.empty();
      }

      end = starts[column];
    }

    List<String> values = new ArrayList<>();
    for (int column = 0; column < count; column++) {
      int to = column == count - 1 ? text.length() : starts[column + 1];
      values.add(text.substring(starts[column] + names.get(column).length(), to));
    }

    return Optional.of(values);
  }
}
