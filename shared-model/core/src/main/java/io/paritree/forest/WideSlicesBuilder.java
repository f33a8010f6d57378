package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes the loops of {@link WideSlices}. */
final class WideSlicesBuilder {
  /** Each thread has room for as many; more would not stay in a cache. */
  private static final long MAX_MASKS = 1 << 18;

  /** Each thread has room for a block of as many features. */
  private static final int MAX_WIDTH = 4_096;

  private static final int LONGS = WideMemory.LONGS;
  private static final int SQUARE = WideMemory.SQUARE;
  private static final int ROWS = WideMemory.ROWS;

  final SlicesBuilder layout;
  final int features;
  final List<WideLoop> loops = new ArrayList<>();

  /** Where the masks begin; the one of test 0 is empty. */
  final int masksAt;

  /** Longs that are in use. */
  int words;

  private final int squares;
  private final int digitsAt;
  private final List<WideThresholds> thresholds;

  /** Where the mask of each test begins. */
  private final int[] maskAt;

  private WideSlicesBuilder(SlicesBuilder layout) {
    this.layout = layout;
    this.features = layout.tests.thresholds.length;
    this.thresholds =
        Arrays.stream(layout.tests.thresholds)
            .map(narrow -> new WideThresholds(narrow.feature(), narrow.keys()))
            .toList();
    this.squares =
        features + eights() + (int) thresholds.stream().filter(WideThresholds::hasHighByte).count();
    this.digitsAt = WideMemory.FOREST_AT + squares * SQUARE;
    this.masksAt = digitsAt + thresholds.stream().mapToInt(WideThresholds::digits).max().orElse(0);
    this.words = masksAt + LONGS;
    this.maskAt = new int[layout.tests.size()];
    maskAt[SplitTests.LEFT] = masksAt;
  }

  /** Returns the number of squares for the bits of missing rows, one per feature. */
  private int eights() {
    return (features + 7) / 8;
  }

  /**
   * Returns the wide slices of a forest; empty if a feature has too many thresholds, or the masks
   * or features are too many to be worth their memory.
   */
  static Optional<WideSlices> build(SlicesBuilder layout) {
    SplitTests tests = layout.tests;
    // Masks of no test fill up 16 per side, or 64 and one for the missing rows.
    long padding = 32L * tests.thresholds.length + 129L * tests.categories.length;
    if (layout.forest.width > MAX_WIDTH
        || tests.maxThresholds() > WideThresholds.MAX_THRESHOLDS
        || tests.size() + padding > MAX_MASKS) {
      return Optional.empty();
    }

    WideSlicesBuilder builder = new WideSlicesBuilder(layout);
    builder.addThresholds();
    for (CategoryTests column : tests.categories) {
      builder.addCategories(column);
    }

    builder.loops.addAll(WideTrees.loops(layout, builder.maskAt, builder.words));
    builder.words += layout.maxNodes * LONGS;
    return Optional.of(new WideSlices(builder));
  }

  /** Adds the loops of all features with thresholds: the ranks of all, then the masks of all. */
  private void addThresholds() {
    List<WideLoop> afterRanks = new ArrayList<>();
    int highSquare = features + eights();
    for (int at = 0; at < features; at++) {
      addThresholds(at, highSquare, afterRanks);
      highSquare += thresholds.get(at).hasHighByte() ? 1 : 0;
    }

    for (int eight = 0; eight < eights(); eight++) {
      int to = squareAt(features + eight);
      loops.add(new RankLoops.Pack(true, eight / 4 * ROWS, eight % 4 * 8, to));
    }

    loops.addAll(WideTrees.transposition(squareAt(0), squares));
    loops.addAll(afterRanks);
  }

  private void addThresholds(int at, int highSquare, List<WideLoop> afterRanks) {
    Thresholds narrow = layout.tests.thresholds[at];
    WideThresholds wide = thresholds.get(at);
    int leftAt = placeMasks(narrow.first(true), narrow.size(), wide.longs());
    int rightAt = placeMasks(narrow.first(false), narrow.size(), wide.longs());
    int square = squareAt(at);
    wide.addRanks(loops, at / 32 * ROWS, 1 << at, square, squareAt(highSquare));
    int missingAt = squareAt(features + at / 8) + at % 8 * LONGS;
    wide.addMasks(
        afterRanks,
        new WideThresholds.Planes(square, squareAt(highSquare), missingAt, masksAt, digitsAt),
        leftAt,
        rightAt);
  }

  private static int squareAt(int square) {
    return WideMemory.FOREST_AT + square * SQUARE;
  }

  private void addCategories(CategoryTests narrow) {
    WideCategories wide = new WideCategories(narrow.feature(), narrow.sets());
    int leftAt = placeMasks(narrow.first(true), narrow.size(), wide.longs());
    int rightAt = placeMasks(narrow.first(false), narrow.size(), wide.longs());
    wide.addMasks(loops, leftAt, rightAt, words);
    words += LONGS;
  }

  /**
   * Makes room for the masks of a feature and side.
   *
   * @param first the first test; -1 if there is none
   * @return where the masks begin; -1 if there are none
   */
  private int placeMasks(int first, int tests, int longs) {
    if (first < 0) {
      return -1;
    }

    int from = words;
    for (int test = 0; test < tests; test++) {
      maskAt[first + test] = from + test * LONGS;
    }

    words += longs;
    return from;
  }
}
