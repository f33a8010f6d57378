package io.paritree.comparison;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts of the rows of each value of a column.
 *
 * <p>The first {@link #MOST} values in the order of their texts have counts of their own. Where
 * there are more, those of the last are added to the others, so that the result is the same in
 * whatever order rows come: a value that is among the first of all rows is among the first of some.
 * Not thread-safe.
 */
final class SliceCounts implements Serializable {
  /** The slice of rows without a value. */
  private static final String MISSING = "(missing)";

  /** The slice of rows whose values have no slice of their own. */
  private static final String OTHERS = "(others)";

  private static final int MOST = 50;
  private static final int MAX_LENGTH = 100;

  private final ComparisonForm form;

  /** By name; those of missing values and of others are last. */
  private final TreeMap<String, DifferenceCounts> slices =
      new TreeMap<>((Comparator<String> & Serializable) SliceCounts::compare);

  /**
   * @param form of a slice
   */
  SliceCounts(ComparisonForm form) {
    this.form = form;
  }

  private static int compare(String one, String other) {
    int places = Integer.compare(place(one), place(other));
    return places != 0 ? places : one.compareTo(other);
  }

  private static int place(String name) {
    return switch (name) {
      case MISSING -> 1;
      case OTHERS -> 2;
      default -> 0;
    };
  }

  /** Adds the rows of a block. */
  void add(ComparedBlock block) {
    String[] names = new String[block.rows()];
    TreeSet<String> kept = new TreeSet<>(slices.navigableKeySet());
    for (int row = 0; row < names.length; row++) {
      names[row] = name(block.slice(row));
      if (kept.add(names[row]) && kept.headSet(MISSING).size() > MOST) {
        kept.remove(kept.lower(MISSING));
      }
    }

    // Most of many values have no slice of their own: their rows are counted together.
    Map<String, DividedRows> divided = new HashMap<>();
    for (int row = 0; row < names.length; row++) {
      String name = kept.contains(names[row]) ? names[row] : OTHERS;
      divided.computeIfAbsent(name, any -> new DividedRows(block)).add(row);
    }

    divided.forEach((name, rows) -> slice(name).add(rows));
    limit();
  }

  /**
   * Returns the name of the slice of a value: its text, or what counts of a long one. A value that
   * is spelled as the slices of other rows is one of the others.
   *
   * @param text empty without a value
   */
  private static String name(String text) {
    if (text.isEmpty()) {
      return MISSING;
    }

    if (text.equals(MISSING) || text.equals(OTHERS)) {
      return OTHERS;
    }

    if (text.length() <= MAX_LENGTH) {
      return text;
    }

    boolean isDivided = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1));
    return text.substring(0, isDivided ? MAX_LENGTH - 1 : MAX_LENGTH);
  }

  private DifferenceCounts slice(String name) {
    return slices.computeIfAbsent(name, any -> new DifferenceCounts(form));
  }

  private void limit() {
    while (slices.headMap(MISSING).size() > MOST) {
      slice(OTHERS).add(slices.remove(slices.lowerKey(MISSING)));
    }
  }

  /** Adds another's rows. */
  void add(SliceCounts other) {
    other.slices.forEach((name, counts) -> slice(name).add(counts));
    limit();
  }

  /**
   * Returns the comparisons by the names of their slices, those of missing values and of others
   * last.
   */
  Map<String, RowComparison> results() {
    Map<String, RowComparison> results = new LinkedHashMap<>();
    slices.forEach((name, counts) -> results.put(name, counts.result()));
    return results;
  }
}
