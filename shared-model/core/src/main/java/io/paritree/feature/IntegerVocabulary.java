package io.paritree.feature;

import java.util.List;

/**
 * Integer categories and their codes.
 *
 * <p>An open-addressing table of at least twice as many places as categories, so that a look-up
 * creates no object and reads few places. Immutable and thread-safe.
 */
final class IntegerVocabulary {
  /** 2^64 by the golden ratio: neighbours are far from each other. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final List<Long> categories;
  private final long[] ofPlaces;
  private final int[] codes; // code + 1, by place; 0 where empty
  private final int shift;

  /**
   * @param feature whose vocabulary it is
   * @param categories in code order
   * @throws IllegalArgumentException if a category occurs twice
   */
  IntegerVocabulary(String feature, List<Long> categories) {
    this.categories = List.copyOf(categories);
    int size = Math.max(4, Integer.highestOneBit(categories.size()) << 2);
    this.ofPlaces = new long[size];
    this.codes = new int[size];
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(size);
    for (int code = 0; code < categories.size(); code++) {
      long category = categories.get(code);
      int place = place(category);
      if (codes[place] != 0) {
        throw new IllegalArgumentException(
            "Cannot use the vocabulary of feature '%s': category %s occurs twice"
                .formatted(feature, category));
      }

      ofPlaces[place] = category;
      codes[place] = code + 1;
    }
  }

  List<Long> categories() {
    return categories;
  }

  int size() {
    return categories.size();
  }

  /** Returns the code of a category, or -1. */
  int code(long category) {
    return codes[place(category)] - 1;
  }

  /** Returns the place of a category, or the empty one that it would have. */
  private int place(long category) {
    int place = (int) (category * SPREAD >>> shift);
    while (codes[place] != 0 && ofPlaces[place] != category) {
      place = (place + 1) & (codes.length - 1);
    }

    return place;
  }
}
