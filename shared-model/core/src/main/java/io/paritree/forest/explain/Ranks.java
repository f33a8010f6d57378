package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Slots as ranks among the thresholds of a forest, so that a row goes left at a numeric split if
 * its rank is at or below the threshold's place.
 *
 * <p>A rank is the number of thresholds at or below the slot. A feature has a column of ranks for
 * each side to which its splits send missing slots: their rank is below or above all places there.
 * The rank of a category is its code + 1; a missing slot has the rank 0 there, and a slot that is
 * no category {@link #NO_CATEGORY}. Immutable and thread-safe.
 */
final class Ranks {
  private static final int NO_CATEGORY = Integer.MAX_VALUE;

  private final float[][] thresholds;

  /** Per feature the column for splits that send missing slots to the left, or -1. */
  private final int[] lows;

  /** Per feature the column for splits that send missing slots to the right, or -1. */
  private final int[] highs;

  /** Per feature the column of its category codes, or -1. */
  private final int[] codes;

  private final int[] used;
  private int columns;

  Ranks(Forest forest) {
    Map<Integer, List<Float>> found = new HashMap<>();
    this.thresholds = new float[forest.modelWidth()][];
    this.lows = new int[forest.modelWidth()];
    this.highs = new int[forest.modelWidth()];
    this.codes = new int[forest.modelWidth()];
    Arrays.fill(codes, -1);
    Arrays.fill(lows, -1);
    Arrays.fill(highs, -1);
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      for (int node : tree.splits()) {
        int feature = tree.feature(node);
        if (tree.isCategorical(node)) {
          codes[feature] = codes[feature] < 0 ? columns++ : codes[feature];
        } else {
          int[] side = tree.missingGoesLeft(node) ? lows : highs;
          side[feature] = side[feature] < 0 ? columns++ : side[feature];
          found.computeIfAbsent(feature, unused -> new ArrayList<>()).add(comparable(tree, node));
        }
      }
    }

    found.forEach((feature, values) -> thresholds[feature] = sorted(values));
    this.used =
        IntStream.range(0, forest.modelWidth())
            .filter(feature -> lows[feature] >= 0 || highs[feature] >= 0 || codes[feature] >= 0)
            .toArray();
  }

  /** No slot is below a NaN threshold, as none is below -Infinity; -0.0 compares as 0.0. */
  private static float comparable(Tree tree, int node) {
    float threshold = tree.threshold(node);
    return Float.isNaN(threshold) ? Float.NEGATIVE_INFINITY : threshold + 0f;
  }

  private static float[] sorted(List<Float> values) {
    float[] sorted = new float[values.size()];
    int count = 0;
    for (float value : values.stream().sorted().distinct().toList()) {
      sorted[count++] = value;
    }

    return Arrays.copyOf(sorted, count);
  }

  int columns() {
    return columns;
  }

  int column(Tree tree, int node) {
    if (tree.isCategorical(node)) {
      return codes[tree.feature(node)];
    }

    return (tree.missingGoesLeft(node) ? lows : highs)[tree.feature(node)];
  }

  /** Returns the place of a numeric split's threshold; 0 for categories. */
  int place(Tree tree, int node) {
    return tree.isCategorical(node)
        ? 0
        : Arrays.binarySearch(thresholds[tree.feature(node)], comparable(tree, node));
  }

  /**
   * Writes the ranks of a row, one per column.
   *
   * @param slots slot f of the row is {@code slots[at + f * stride]}
   */
  void write(float[] slots, int at, int stride, int[] ranks) {
    for (int feature : used) {
      float slot = slots[at + feature * stride];
      if (lows[feature] >= 0) {
        ranks[lows[feature]] = rank(feature, slot, -1);
      }

      if (highs[feature] >= 0) {
        ranks[highs[feature]] = rank(feature, slot, thresholds[feature].length);
      }

      if (codes[feature] >= 0) {
        ranks[codes[feature]] = ofCategory(slot);
      }
    }
  }

  void write(LaneMemory block) {
    for (int feature : used) {
      if (thresholds[feature] != null) {
        write(block, feature, lows[feature], -1);
        write(block, feature, highs[feature], thresholds[feature].length);
      }

      for (int row = 0; codes[feature] >= 0 && row < block.rows(); row++) {
        block.ranks(codes[feature])[row] = ofCategory(block.slot(feature, row));
      }
    }
  }

  /** Returns a slot that has a rank among categories. */
  static float category(int rank) {
    return rank == 0 ? Float.NaN : rank - 1;
  }

  /** Returns the rank of a slot among categories. */
  static int ofCategory(float slot) {
    if (Float.isNaN(slot)) {
      return 0;
    }

    return slot >= 0f && slot < Tree.MAX_CATEGORIES ? 1 + (int) slot : NO_CATEGORY;
  }

  private void write(LaneMemory block, int feature, int column, int ofMissing) {
    for (int row = 0; column >= 0 && row < block.rows(); row++) {
      block.ranks(column)[row] = rank(feature, block.slot(feature, row), ofMissing);
    }
  }

  private int rank(int feature, float slot, int ofMissing) {
    return Float.isNaN(slot) ? ofMissing : rank(thresholds[feature], slot);
  }

  /** Returns the number of thresholds at or below a slot; the search has no unforeseen branch. */
  private static int rank(float[] thresholds, float slot) {
    int from = 0;
    for (int size = thresholds.length; size > 1; size -= size >> 1) {
      int half = size >> 1;
      from = slot < thresholds[from + half - 1] ? from : from + half;
    }

    return slot < thresholds[from] ? from : from + 1;
  }

  /**
   * Which ranks go left at a categorical split.
   *
   * <p>Immutable and thread-safe.
   */
  static final class CategorySet {
    /** A set has up to this many words of 64 bits, or as many as the split lists categories. */
    private static final int FEW_WORDS = 8;

    private final Tree tree;
    private final int node;

    /** A bit per rank, the last for all larger ranks; null if few categories are far apart. */
    private final long[] bits;

    private CategorySet(Tree tree, int node) {
      this.tree = tree;
      this.node = node;
      int[] goRight = tree.categories(node);
      int words = 1 + (ofCategory(goRight[goRight.length - 1]) + 1 >>> 6);
      this.bits = words > Math.max(FEW_WORDS, goRight.length) ? null : new long[words];
      if (bits != null) {
        Arrays.fill(bits, -1L);
        for (int category : goRight) {
          clear(ofCategory(category));
        }

        if (!tree.missingGoesLeft(node)) {
          clear(ofCategory(Float.NaN));
        }
      }
    }

    /** Returns the set of a split; null if it has a threshold. */
    static CategorySet of(Tree tree, int node) {
      return tree.isCategorical(node) ? new CategorySet(tree, node) : null;
    }

    private void clear(int rank) {
      bits[rank >>> 6] &= ~(1L << rank);
    }

    /** Returns 1 if a rank goes left, otherwise 0. */
    int goesLeft(int rank) {
      if (bits == null) {
        return tree.goesLeft(node, category(rank)) ? 1 : 0;
      }

      int at = Math.min(rank, 64 * bits.length - 1);
      return (int) (bits[at >>> 6] >>> at) & 1;
    }
  }
}
