package io.paritree.forest;

/**
 * Turns the slots of a row into the keys that a walk compares with.
 *
 * <p>Key 0 is below everything, for leaves. Then each numeric column has two keys, one with missing
 * below and one with missing above all thresholds; a split uses the one that fits its default
 * direction. Then each categorical column has two keys, for the same reason: the position where the
 * row of bits of its category begins, counted in bits and negated, so that the number of a set
 * minus this key is the position of the set's bit. The first word of the bits is 0.
 */
final class RowKeys {
  /** Less than any other key, by more than the whole range of a key. */
  private static final long BELOW_ALL = Long.MIN_VALUE / 2;

  private final int[] numeric;
  private final int[] categorical;
  private final CategorySets[] sets;

  /** Where the bits of each categorical column begin in the array that all share. */
  private final int[] bitsAt;

  private final long[] bits;

  RowKeys(Columns columns) {
    this.numeric = columns.numeric;
    this.categorical = columns.categorical;
    this.sets = columns.sets;
    this.bitsAt = new int[sets.length];
    int words = 0;
    for (int at = 0; at < sets.length; at++) {
      bitsAt[at] = words;
      words = Math.addExact(words, sets[at].bits().length);
    }

    this.bits = new long[Math.max(1, words)];
    for (int at = 0; at < sets.length; at++) {
      System.arraycopy(sets[at].bits(), 0, bits, bitsAt[at], sets[at].bits().length);
    }
  }

  int size() {
    return 1 + 2 * (numeric.length + categorical.length);
  }

  /** Returns the index of the key that a split compares with its own. */
  static int index(Columns columns, Tree tree, int node) {
    int feature = tree.feature[node];
    int at =
        tree.isCategorical(node)
            ? columns.numeric.length + columns.categoricalAt(feature)
            : columns.numericAt(feature);
    return 1 + 2 * at + (tree.missingGoesLeft[node] ? 0 : 1);
  }

  /** Returns the key of a split: the number of its set, or its threshold's key minus 1. */
  static int ofSplit(Columns columns, Tree tree, int node) {
    return tree.isCategorical(node)
        ? columns.set(columns.categoricalAt(tree.feature[node]), tree.categories[node])
        : Key.ofThreshold(tree.value[node]) - 1;
  }

  /** Returns the rows of bits of all categorical columns. */
  long[] bits() {
    return bits;
  }

  boolean hasCategories() {
    return categorical.length > 0;
  }

  /**
   * Writes the keys of a row.
   *
   * @param slots slot f of the row is {@code slots[from + f * stride]}
   * @param keys receives {@link #size} keys from {@code to} on
   */
  void fill(float[] slots, int from, int stride, long[] keys, int to) {
    keys[to] = BELOW_ALL;
    for (int at = 0; at < numeric.length; at++) {
      float slot = slots[from + numeric[at] * stride];
      int missing = Key.missing(slot);
      int key = Key.of(slot) & ~missing;
      keys[to + 1 + 2 * at] = key | Key.MISSING_LEFT & missing;
      keys[to + 2 + 2 * at] = key | Key.MISSING_RIGHT & missing;
    }

    int next = to + 1 + 2 * numeric.length;
    for (int at = 0; at < categorical.length; at++) {
      float slot = slots[from + categorical[at] * stride];
      boolean isMissing = slot != slot;
      int words = sets[at].words();
      int row = isMissing ? CategorySets.NONE : sets[at].row(slot);
      keys[next] = -64L * (bitsAt[at] + row * words);
      keys[next + 1] = -64L * (bitsAt[at] + (isMissing ? CategorySets.ALL : row) * words);
      next += 2;
    }
  }
}
