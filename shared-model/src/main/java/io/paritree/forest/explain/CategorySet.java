package io.paritree.forest.explain;

import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * Which ranks go left at a categorical split; see {@link Ranks} for the ranks of categories.
 *
 * <p>Immutable and thread-safe.
 */
final class CategorySet {
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
    int words = 1 + (Ranks.ofCategory(goRight[goRight.length - 1]) + 1 >>> 6);
    this.bits = words > Math.max(FEW_WORDS, goRight.length) ? null : new long[words];
    if (bits != null) {
      Arrays.fill(bits, -1L);
      for (int category : goRight) {
        clear(Ranks.ofCategory(category));
      }

      if (!tree.missingGoesLeft(node)) {
        clear(Ranks.ofCategory(Float.NaN));
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
      return tree.goesLeft(node, Ranks.category(rank)) ? 1 : 0;
    }

    int at = Math.min(rank, 64 * bits.length - 1);
    return (int) (bits[at >>> 6] >>> at) & 1;
  }

  /** Returns the bytes that this takes. */
  long bytes() {
    return 24 + (bits == null ? 0 : 16 + 8L * bits.length);
  }
}
