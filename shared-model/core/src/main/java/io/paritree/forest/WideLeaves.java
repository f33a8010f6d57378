package io.paritree.forest;

import java.util.List;

/** The loops that look up and add the leaves of the trees of a step, whose numbers are planes. */
final class WideLeaves {
  /** Leaves in the table of a large tree. */
  private static final int MANY = 1 << WideMemory.PLANES;

  private final SlicesBuilder layout;
  private final List<WideLoop> loops;

  /**
   * Prepares the loops of a forest.
   *
   * @param loops receives them
   */
  WideLeaves(SlicesBuilder layout, List<WideLoop> loops) {
    this.layout = layout;
    this.loops = loops;
  }

  /**
   * Adds the loops of a step.
   *
   * @param first the first tree
   * @param end the index after the last tree
   * @param firstOutput the first output that all these trees add to
   * @param endOutput the index after the last one
   */
  void addStep(int first, int end, int firstOutput, int endOutput) {
    loops.addAll(WideTrees.transposition(0, end - first));
    if (!VectorWidth.permutesBytes()) {
      loops.add(new LeafLoops.Unpack(end - first));
    }

    for (int output = firstOutput; output < endOutput; output++) {
      if (VectorWidth.permutesBytes()) {
        permute(first, end, output - firstOutput);
        loops.add(new LeafLoops.AddWoven(end - first, output * WideMemory.ROWS));
      } else {
        gather(first, end, output - firstOutput, output * WideMemory.ROWS);
      }
    }
  }

  private void gather(int first, int end, int vector, int to) {
    int[] tables = new int[end - first];
    for (int tree = first; tree < end; tree++) {
      tables[tree - first] = weightsAt(tree, vector);
    }

    loops.add(new LeafLoops.AddGathered(layout.weights, tables, to));
  }

  private int weightsAt(int tree, int vector) {
    return layout.weightsAt[tree] + vector * layout.tableSizes[tree];
  }

  /** Adds one loop, or two, for all consecutive trees whose tables have the same size. */
  private void permute(int first, int end, int vector) {
    int next;
    for (int tree = first; tree < end; tree = next) {
      int leaves = leaves(tree);
      next = tree + 1;
      while (next < end && leaves(next) == leaves) {
        next++;
      }

      byte[] tables = new byte[(next - tree) * leaves * Float.BYTES];
      for (int place = tree; place < next; place++) {
        int at = (place - tree) * leaves * Float.BYTES;
        writeTable(weightsAt(place, vector), layout.tableSizes[place], tables, at, leaves);
      }

      int trees = next - tree;
      if (leaves == MANY) {
        loops.add(new LeafLoops.PermuteMany(tables, 0, tree - first, trees, 0));
        loops.add(new LeafLoops.PermuteMany(tables, 0, tree - first, trees, 1));
      } else {
        loops.add(new LeafLoops.Permute(tables, 0, tree - first, trees));
      }
    }
  }

  /** Returns the number of leaves for which the table of a tree has room. */
  private int leaves(int tree) {
    return layout.tableSizes[tree] > LeafLoops.PERMUTED ? MANY : LeafLoops.PERMUTED;
  }

  /** Writes the lowest bytes of all weights, then the second, and so on. */
  private void writeTable(int from, int size, byte[] tables, int at, int leaves) {
    for (int leaf = 0; leaf < size; leaf++) {
      int bits = Float.floatToRawIntBits(layout.weights[from + leaf]);
      for (int part = 0; part < Float.BYTES; part++) {
        tables[at + part * leaves + leaf] = (byte) (bits >> 8 * part);
      }
    }
  }
}
