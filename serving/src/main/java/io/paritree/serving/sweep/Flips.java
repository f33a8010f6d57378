package io.paritree.serving.sweep;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the values of a field whose class is another one than the record's own: of numbers the
 * nearest below and the nearest above, of listed values the first two. Not thread-safe.
 */
final class Flips {
  private static final int FIRST_BLOCK = 16;

  /** How many trees may be walked for the values of one search. */
  private static final int MOST_TREES = 10_000_000;

  private static final int LEAST_VALUES = 500;

  private final SweptField field;
  private final VariedRows rows;
  private final int own;
  private final List<Flip> found = new ArrayList<>();
  private final int most;
  private boolean isPartial;

  /** A value with another class. */
  record Flip(String json, VariedRows.Result result) {}

  /**
   * @param own the class of the record
   * @param trees of the model
   */
  Flips(SweptField field, VariedRows rows, int own, int trees) {
    this.field = field;
    this.rows = rows;
    this.own = own;
    this.most = Math.max(LEAST_VALUES, MOST_TREES / Math.max(1, trees));
  }

  List<Flip> found() {
    return found;
  }

  /** Returns whether some values were not tried, because that would take too long. */
  boolean isPartial() {
    return isPartial;
  }

  /** Tries the listed values of the field in their order. */
  void searchListed() {
    search(field.listed().iterator(), 2);
  }

  /**
   * Tries the numbers around one, from each threshold to the next that the record can meet: between
   * these, its score stays the same.
   */
  void searchAround(float number) {
    float[] thresholds = field.thresholds(rows.record());
    int above = 0;
    while (above < thresholds.length && thresholds[above] <= number) {
      above++;
    }

    int below = above;
    search(numbers(IntStream.range(0, below).map(at -> below - 1 - at), thresholds, true), 1);
    search(numbers(IntStream.range(below, thresholds.length), thresholds, false), 1);
  }

  private Iterator<Object> numbers(IntStream places, float[] thresholds, boolean isBelow) {
    return places
        .mapToObj(at -> isBelow ? below(thresholds, at) : above(thresholds, at))
        .filter(number -> !number.isNaN())
        .map(number -> (Object) number)
        .iterator();
  }

  private Float below(float[] thresholds, int at) {
    return field.last(thresholds[at], at == 0 ? Float.NEGATIVE_INFINITY : thresholds[at - 1]);
  }

  private Float above(float[] thresholds, int at) {
    boolean isLast = at + 1 == thresholds.length;
    return field.first(thresholds[at], isLast ? Float.POSITIVE_INFINITY : thresholds[at + 1]);
  }

  private void search(Iterator<Object> values, int wanted) {
    int missing = wanted;
    int left = most;
    int block = FIRST_BLOCK;
    while (missing > 0 && left > 0 && values.hasNext()) {
      List<Object> tried = new ArrayList<>();
      rows.clear();
      int size = Math.min(left, Math.min(block, rows.most()));
      while (tried.size() < size && values.hasNext()) {
        Object value = values.next();
        rows.add(field.encode(value));
        tried.add(value);
      }

      rows.score();
      for (int row = 0; row < tried.size() && missing > 0; row++) {
        if (rows.classIndex(row) != own) {
          found.add(new Flip(SweptPoints.json(tried.get(row)), rows.result(row)));
          missing--;
        }
      }

      left -= tried.size();
      block *= 4;
    }

    isPartial |= missing > 0 && left <= 0 && values.hasNext();
  }
}
