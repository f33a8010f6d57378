package io.paritree.forest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scores the rows of a block by walking each tree with all rows before the next tree, so that trees
 * that are too large for a core's cache are loaded from memory once for all these rows.
 *
 * <p>Immutable and thread-safe.
 */
final class BlockWalks {
  /** With fewer rows, walking row by row is faster. */
  static final int MIN_ROWS = 8;

  private static final int MAX_KEYS_OF_BLOCK = 4_096;

  private final RowKeys keys;
  private final List<NodeWalk> walks;

  private BlockWalks(RowKeys keys, List<NodeWalk> walks) {
    this.keys = keys;
    this.walks = walks;
  }

  /** Returns the walks by which single rows are scored, if all of them have this kind of layout. */
  static Optional<BlockWalks> of(KeyWalks ofRows) {
    return ofRows.nodeWalks().map(walks -> new BlockWalks(ofRows.keys(), walks));
  }

  /**
   * Returns the walks of a forest; empty if a single tree, or the number of columns, is too large
   * for the format of a node.
   */
  static Optional<BlockWalks> of(Forest forest, Columns columns) {
    RowKeys keys = new RowKeys(columns);
    List<NodeWalk> walks = new ArrayList<>();
    int first = 0;
    while (first < forest.trees.size()) {
      int end = NodeWalkBuilder.end(forest, keys, first, tree -> false);
      if (end == first) {
        return Optional.empty();
      }

      walks.add(NodeWalkBuilder.build(forest, columns, keys, first, end));
      first = end;
    }

    return Optional.of(new BlockWalks(keys, walks));
  }

  /**
   * Adds the trees to the margins of the rows of a block.
   *
   * @param margins the margins of the first row begin at {@code to}; each row has {@code outputs}
   */
  void add(Block block, Scratch scratch, float[] margins, int to, int outputs) {
    int step = rowsAtOnce();
    for (int row = 0; row < block.rows(); row += step) {
      int rows = Math.min(step, block.rows() - row);
      int from = block.from() + row * block.rowStride();
      Block some = new Block(block.slots(), from, block.rowStride(), block.featureStride(), rows);
      addSome(some, scratch, margins, to + row * outputs, outputs);
    }
  }

  /** Returns how many rows are walked together, so that their keys stay in a fast cache. */
  private int rowsAtOnce() {
    return Math.max(MIN_ROWS, Math.min(Block.MAX_ROWS, MAX_KEYS_OF_BLOCK / keys.size()));
  }

  private void addSome(Block block, Scratch scratch, float[] margins, int to, int outputs) {
    int rows = block.rows();
    long[] keysOfRows = scratch.keys(rows * keys.size());
    for (int row = 0; row < rows; row++) {
      int source = block.from() + row * block.rowStride();
      keys.fill(block.slots(), source, block.featureStride(), keysOfRows, row * keys.size());
    }

    int[] found = scratch.found(rows);
    for (NodeWalk walk : walks) {
      for (int tree = 0; tree < walk.leaves().trees(); tree++) {
        walk.findLeavesOfTree(tree, keysOfRows, keys.size(), rows, found);
        for (int row = 0; row < rows; row++) {
          walk.leaves().add(tree, found[row], margins, to + row * outputs);
        }
      }
    }
  }
}
