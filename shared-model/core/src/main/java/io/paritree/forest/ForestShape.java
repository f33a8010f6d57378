package io.paritree.forest;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How large a forest is, and which slots it reads. Immutable and thread-safe.
 *
 * @param trees number of trees; 0 for the linear booster
 * @param leaves number of leaves of all trees
 * @param depth the most splits on a path
 * @param base what the margins begin with; with offsets, where a row has none
 * @param slots that splits or weights read, ascending
 */
public record ForestShape(
    int trees, long leaves, int depth, List<Float> base, List<Integer> slots) {
  public ForestShape {
    base = List.copyOf(base);
    slots = List.copyOf(slots);
  }

  /** Returns the shape of a forest. */
  public static ForestShape of(Forest forest) {
    BitSet read = new BitSet();
    long leaves = 0;
    int depth = 0;
    for (Tree tree : forest.trees) {
      leaves += tree.leaves();
      depth = Math.max(depth, tree.depth());
      for (int node : tree.splits()) {
        read.set(tree.feature[node]);
      }
    }

    List<Integer> slots = new ArrayList<>();
    for (int slot = 0; slot < forest.modelWidth; slot++) {
      if (read.get(slot) || hasWeight(forest, slot)) {
        slots.add(slot);
      }
    }

    List<Float> base = new ArrayList<>();
    for (float margin : forest.base) {
      base.add(margin);
    }

    return new ForestShape(forest.trees(), leaves, depth, base, slots);
  }

  private static boolean hasWeight(Forest forest, int slot) {
    for (int output = 0; forest.isLinear() && output < forest.outputs(); output++) {
      if (forest.linearWeight(slot, output) != 0) {
        return true;
      }
    }

    return false;
  }
}
