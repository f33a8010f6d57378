package io.paritree.forest;

import java.util.function.IntUnaryOperator;

/**
 * A ragged or deep tree of up to 256 leaves as reach masks: bit r of a node's reach says whether
 * row r reaches the node.
 *
 * <p>The cost grows with the number of nodes, not with the depth.
 */
final class ReachMasks {

  /*
   * The nodes of a tree are numbered level after level, so that the children of the k-th split are
   * nodes 2k + 1 and 2k + 2. The program is, for each split in this order, its number among the
   * nodes and its test; then, for each plane b, a count and the nodes whose reach is ORed into the
   * plane. The leaves are numbered from left to right. If all leaves below a node have bit b in
   * their number, the node is listed instead of these leaves.
   */
  private ReachMasks() {}

  /**
   * Writes the program of a tree.
   *
   * @param testOf the test of a node, by XGBoost's id
   */
  static int[] program(Tree tree, IntUnaryOperator testOf) {
    int[] order = tree.breadthFirst();
    int[] program = new int[order.length + LeafPlanes.PLANES * (1 + order.length)];
    int[] firstChild = new int[order.length];
    int at = 0;
    int split = 0;
    for (int place = 0; place < order.length; place++) {
      if (!tree.isLeaf(order[place])) {
        firstChild[place] = 2 * split + 1;
        split++;
        program[at++] = place;
        program[at++] = testOf.applyAsInt(order[place]);
      }
    }

    int[] leavesBelow = leavesBelow(firstChild);
    for (int plane = 0; plane < LeafPlanes.PLANES; plane++) {
      int countAt = at++;
      at = cover(firstChild, leavesBelow, 0, 0, plane, program, at);
      program[countAt] = at - countAt - 1;
    }

    return java.util.Arrays.copyOf(program, at);
  }

  /**
   * Turns a program's numbers into offsets.
   *
   * @param end where the program ends
   * @param longs the longs per node
   * @param maskAt where the mask of a test begins
   */
  static void toOffsets(
      int[] program, int from, int splits, int end, int longs, IntUnaryOperator maskAt) {
    int at = from;
    for (; at < from + 2 * splits; at += 2) {
      program[at] *= longs;
      program[at + 1] = maskAt.applyAsInt(program[at + 1]);
    }

    while (at < end) {
      int last = at + program[at];
      for (at++; at <= last; at++) {
        program[at] *= longs;
      }
    }
  }

  private static int[] leavesBelow(int[] firstChild) {
    int[] leaves = new int[firstChild.length];
    for (int node = firstChild.length - 1; node >= 0; node--) {
      int child = firstChild[node];
      leaves[node] = child == 0 ? 1 : leaves[child] + leaves[child + 1];
    }

    return leaves;
  }

  /**
   * Lists the nodes that cover all leaves with the plane's bit, and no other leaves. The depth is
   * below 256.
   */
  private static int cover(
      int[] firstChild,
      int[] leavesBelow,
      int node,
      int firstLeaf,
      int plane,
      int[] program,
      int at) {
    int lastLeaf = firstLeaf + leavesBelow[node] - 1;
    boolean isOneRun = firstLeaf >> plane == lastLeaf >> plane;
    if (isOneRun) {
      boolean hasBit = (firstLeaf >> plane & 1) != 0;
      if (hasBit) {
        program[at] = node;
      }

      return hasBit ? at + 1 : at;
    }

    int child = firstChild[node];
    int afterLeft = cover(firstChild, leavesBelow, child, firstLeaf, plane, program, at);
    int middle = firstLeaf + leavesBelow[child];
    return cover(firstChild, leavesBelow, child + 1, middle, plane, program, afterLeft);
  }

  /**
   * Returns the leaves from left to right, by XGBoost's ids; the n-th has number n in the planes.
   */
  static int[] leaves(Tree tree) {
    int[] leaves = new int[tree.leaves()];
    int[] stack = new int[tree.depth() + 2];
    int top = 1;
    int count = 0;
    while (top > 0) {
      int node = stack[--top];
      if (tree.isLeaf(node)) {
        leaves[count++] = node;
      } else {
        stack[top++] = tree.right[node];
        stack[top++] = tree.left[node];
      }
    }

    return leaves;
  }

  /**
   * Evaluates a tree.
   *
   * @param program the program of the tree, from {@code from} on
   * @param splits the number of splits of the tree
   * @param reach working memory, one per node
   * @param planes receives the planes of the leaf numbers
   */
  static void evaluate(
      long[] masks, int[] program, int from, int splits, long[] reach, long[] planes) {
    int at = from;
    reach[0] = -1L;
    for (int split = 0; split < splits; split++) {
      long here = reach[program[at]];
      long right = masks[program[at + 1]];
      at += 2;
      reach[2 * split + 1] = here & ~right;
      reach[2 * split + 2] = here & right;
    }

    for (int plane = 0; plane < LeafPlanes.PLANES; plane++) {
      int end = at + 1 + program[at];
      long bits = 0;
      for (at++; at < end; at++) {
        bits |= reach[program[at]];
      }

      planes[plane] = bits;
    }
  }
}
