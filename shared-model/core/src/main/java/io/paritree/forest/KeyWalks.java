package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Scores a row by turning its slots into keys and walking all trees with them. This needs little
 * preparation and has no limit to the number of thresholds.
 *
 * <p>Immutable and thread-safe.
 */
final class KeyWalks implements Rows {
  /** For fewer trees, a change from one kind of walk to the other costs more than it saves. */
  private static final int MIN_RUN = 8;

  private final RowKeys keys;
  private final Walk[] walks;
  private final boolean needsLifted;
  private final int maxTrees;

  private KeyWalks(RowKeys keys, List<Walk> walks) {
    this.keys = keys;
    this.walks = walks.toArray(new Walk[0]);
    this.needsLifted = walks.stream().anyMatch(Walk::isLifted);
    this.maxTrees = walks.stream().mapToInt(walk -> walk.leaves().trees()).max().orElse(0);
  }

  /**
   * Returns the walks of a forest; empty if a single tree, or the number of columns, is too large
   * for the format of a node.
   */
  static Optional<KeyWalks> of(Forest forest, Columns columns) {
    RowKeys keys = new RowKeys(columns);
    int trees = forest.trees.size();
    List<Walk> walks = new ArrayList<>();
    int first = 0;
    while (first < trees) {
      int end = LevelWalkBuilder.end(forest, keys, first);
      if (end - first >= MIN_RUN || end == trees) {
        walks.add(LevelWalkBuilder.build(forest, columns, keys, first, end));
        first = end;
        continue;
      }

      end =
          NodeWalkBuilder.end(
              forest,
              keys,
              first,
              tree -> LevelWalkBuilder.end(forest, keys, tree) - tree >= MIN_RUN);
      if (end == first) {
        return Optional.empty();
      }

      walks.add(NodeWalkBuilder.build(forest, columns, keys, first, end));
      first = end;
    }

    return Optional.of(new KeyWalks(keys, walks));
  }

  @Override
  public void add(float[] slots, int from, int stride, Scratch scratch, float[] margins, int to) {
    long[] keysOfRow = scratch.keys(keys.size());
    keys.fill(slots, from, stride, keysOfRow, 0);
    long[] lifted = keysOfRow;
    if (needsLifted) {
      lifted = scratch.lifted(keys.size());
      for (int key = 0; key < keys.size(); key++) {
        lifted[key] = keysOfRow[key] * LevelWalk.LIFT;
      }
    }

    int[] found = scratch.found(maxTrees);
    for (Walk walk : walks) {
      walk.findLeaves(keysOfRow, lifted, found);
      walk.leaves().add(found, margins, to);
    }
  }

  RowKeys keys() {
    return keys;
  }

  /** Returns the walks, if all of them are of this kind. */
  Optional<List<NodeWalk>> nodeWalks() {
    return Arrays.stream(walks).allMatch(NodeWalk.class::isInstance)
        ? Optional.of(Arrays.stream(walks).map(NodeWalk.class::cast).toList())
        : Optional.empty();
  }

  /** Returns the cost of the steps of one row, in the nanoseconds of {@link Cost}. */
  double costOfSteps() {
    return Arrays.stream(walks).mapToDouble(Walk::costOfSteps).sum();
  }
}
