package io.paritree.forest;

import java.util.Arrays;

/**
 * The specification for many rows at once: tree by tree, and all rows go down a tree together, one
 * level at a time. The same trees, sums and order as in {@link Forest}, and nothing of what the
 * fast engine is made of; a few times as fast, since no step waits for the one before. Immutable
 * and thread-safe.
 */
final class SteppedForest extends ShapedEngine {
  private final Forest forest;

  SteppedForest(Forest forest) {
    super(forest);
    this.forest = forest;
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    if (forest.isLinear()) {
      forest.score(slots, rows, margins, scores);
      return;
    }

    int outputs = forest.outputs();
    float[] sums = margins == null ? new float[rows * outputs] : margins;
    for (int row = 0; row < rows; row++) {
      forest.begin(slots, row * forest.width, 1, sums, row * outputs);
    }

    int[] nodes = new int[rows];
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      descend(tree, slots, rows, nodes);
      for (int row = 0; row < rows; row++) {
        forest.addLeaf(index, nodes[row], sums, row * outputs);
      }
    }

    if (scores != null) {
      forest.transform.apply(sums, 0, outputs, rows, scores, 0);
    }
  }

  /** Finds the leaf of each row. */
  private void descend(Tree tree, float[] slots, int rows, int[] nodes) {
    Arrays.fill(nodes, 0);
    for (int level = tree.depth(); level > 0; level--) {
      for (int row = 0; row < rows; row++) {
        int node = nodes[row];
        int left = tree.left[node];
        if (left < 0) {
          continue;
        }

        float slot = slots[row * forest.width + tree.feature[node]];
        int right = tree.right[node];
        if (tree.categories != null) {
          nodes[row] = tree.goesLeft(node, slot) ? left : right;
        } else { // without a branch that depends on the slot, as nobody can predict it
          int isLess = slot < tree.value[node] ? 1 : 0;
          int isMissingOnLeft = slot != slot && tree.missingGoesLeft[node] ? 1 : 0;
          nodes[row] = right ^ ((left ^ right) & -(isLess | isMissingOnLeft));
        }
      }
    }
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    forest.leaves(slots, rows, leaves);
  }
}
