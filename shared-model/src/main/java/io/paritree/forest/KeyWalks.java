package io.paritree.forest;

import java.util.List;

/**
 * Scores a row by turning its slots into keys and walking down all trees with them: little to
 * prepare, and no limit to the number of thresholds.
 *
 * <p>Immutable and thread-safe.
 */
final class KeyWalks implements Rows {
  private final Forest forest;
  private final RowKeys keys;
  private final Walk[] walks;
  private final boolean hasVectors;

  KeyWalks(Forest forest, RowKeys keys, List<Walk> walks) {
    this.forest = forest;
    this.keys = keys;
    this.walks = walks.toArray(new Walk[0]);
    this.hasVectors = forest.trees.stream().anyMatch(tree -> tree.leafVectors != null);
  }

  @Override
  public void add(float[] slots, int from, int stride, Scratch scratch, float[] margins, int to) {
    long[] keysOfRow = scratch.keys(keys.size());
    keys.fill(slots, from, stride, keysOfRow, 0);
    for (Walk walk : walks) {
      int[] found = scratch.found(walk.found());
      if (hasVectors || forest.base.length > 1) {
        walk.findLeaves(keysOfRow, found);
        addToOutputs(walk, found, margins, to);
      } else {
        margins[to] = walk.addLeaves(keysOfRow, found, margins[to]);
      }
    }
  }

  private void addToOutputs(Walk walk, int[] found, float[] margins, int to) {
    int first = walk.first();
    for (int tree = 0; tree < walk.trees(); tree++) {
      addLeaf(walk, first + tree, found[tree], margins, to);
    }
  }

  private void addLeaf(Walk walk, int tree, int leaf, float[] margins, int to) {
    if (forest.trees.get(tree).leafVectors == null) {
      margins[to + forest.outputOf[tree]] += walk.weight(leaf);
      return;
    }

    for (int output = 0; output < forest.base.length; output++) {
      margins[to + output] += walk.weight(leaf, output);
    }
  }

  /** Returns how many rows {@link #addBlock} takes best: their keys should stay in a fast cache. */
  int rowsPerBlock() {
    int fitting = MAX_KEYS_OF_BLOCK / keys.size() / Walk.LANES * Walk.LANES;
    return Math.max(Walk.LANES, Math.min(Block.MAX_ROWS, fitting));
  }

  private static final int MAX_KEYS_OF_BLOCK = 4_096;

  /**
   * Adds the trees to the margins of several rows, each tree for all rows before the next, so that
   * large trees come from memory once.
   *
   * @param rows at most {@link #rowsPerBlock}
   */
  void addBlock(
      float[] slots,
      int from,
      int rowStride,
      int featureStride,
      int rows,
      Scratch scratch,
      float[] margins,
      int to) {
    int padded = (rows + Walk.LANES - 1) / Walk.LANES * Walk.LANES;
    long[] keysOfRows = scratch.keys(padded * keys.size());
    for (int row = 0; row < padded; row++) {
      int source = from + Math.min(row, rows - 1) * rowStride;
      keys.fill(slots, source, featureStride, keysOfRows, row * keys.size());
    }

    int outputs = forest.base.length;
    int[] found = scratch.found(padded);
    for (Walk walk : walks) {
      for (int tree = 0; tree < walk.trees(); tree++) {
        walk.findLeavesOfTree(tree, keysOfRows, keys.size(), rows, found);
        for (int row = 0; row < rows; row++) {
          addLeaf(walk, walk.first() + tree, found[row], margins, to + row * outputs);
        }
      }
    }
  }

  @Override
  public long bytes() {
    long bytes = 8L * keys.bits().length;
    for (Walk walk : walks) {
      bytes += walk.bytes();
    }

    return bytes;
  }
}
