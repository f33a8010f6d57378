package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import io.paritree.forest.Tree;
import java.util.Arrays;

/**
 * One tree for blocks of rows: the operations of {@link ExactTree}, each for all rows.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactLanes {
  private final Edges edges;
  private final float[] followed;
  private final float[][] scales;

  /** Per edge the edge to the left child of its node; for the root, at the end. */
  private final int[] lefts;

  private final int[] rights;
  private final int[] levels;
  private final int[] columns;
  private final int[] places;
  private final Ranks.CategorySet[] sets;
  private final int[] features;

  ExactLanes(Tree tree, Edges edges, Ranks ranks) {
    this.edges = edges;
    this.followed = edges.followed();
    this.scales = new float[tree.outputs()][];
    for (int output = 0; output < scales.length; output++) {
      scales[output] = edges.scales(output);
    }

    this.lefts = new int[edges.count + 1];
    this.rights = new int[edges.count + 1];
    this.levels = new int[edges.count + 1];
    this.columns = new int[edges.count + 1];
    this.places = new int[edges.count + 1];
    this.sets = new Ranks.CategorySet[edges.count + 1];
    this.features = edges.features();
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int parent = edges.parent[edge];
      int split = edges.split[edge];
      (edges.isLeft[edge] ? lefts : rights)[parent] = edge;
      levels[edge] = levels[parent] + 1;
      columns[parent] = ranks.column(tree, split);
      places[parent] = ranks.place(tree, split);
      sets[parent] = edges.isLeft[edge] ? Ranks.CategorySet.of(tree, split) : sets[parent];
    }
  }

  /**
   * Adds the tree's contributions to the sums of a block.
   *
   * @param output of the tree's own outputs
   */
  void add(int output, float factor, LaneMemory block) {
    if (edges.count == 0) {
      return;
    }

    for (int point = 0; point < POINTS; point++) {
      Arrays.fill(block.path(0, point), 0, block.rows(), 1f);
    }

    walk(edges.count, output, 0, block);
    for (int feature : features) {
      Lanes.move(block.phi(feature), block.ofTree(feature), factor, block.rows());
    }
  }

  private void walk(int edge, int output, int to, LaneMemory block) {
    int rows = block.rows();
    int level = levels[edge];
    int left = lefts[edge];
    int before = edges.before[left];
    float[] u = before < 0 ? block.ones() : block.follows(levels[before]);
    float[] v = block.goesLeft(level);
    block.decide(v, columns[edge], places[edge], sets[edge]);
    if (before >= 0) {
      Lanes.multiply(v, u, rows);
    }

    float[] follows = block.follows(level + 1);
    System.arraycopy(v, 0, follows, 0, rows);
    follow(left, output, to, follows, block);
    Lanes.subtract(follows, u, v, rows);
    follow(rights[edge], output, to + 1, follows, block);
    for (int point = 0; point < POINTS; point++) {
      Lanes.add(block.sum(to, point), block.sum(to + 1, point), rows);
    }
  }

  private void follow(int edge, int output, int to, float[] follows, LaneMemory block) {
    int rows = block.rows();
    int level = levels[edge];
    int before = edges.before[edge];
    float[] alpha = block.alphas(level);
    float[] alphaBefore = before < 0 ? null : block.alphas(levels[before]);
    Lanes.alpha(alpha, follows, followed[edge], rows);
    boolean isLeaf = edges.isLeaf(edge);
    for (int point = 0; point < POINTS; point++) {
      float node = Quadrature.node(point);
      float[] c = isLeaf ? block.sum(to, point) : block.path(level, point);
      Lanes.descend(c, block.path(level - 1, point), alpha, node, rows);
      if (before >= 0) {
        Lanes.divide(c, alphaBefore, node, rows);
      }

      if (isLeaf) {
        Lanes.scale(c, scales[output][edge], Quadrature.weight(point), rows);
      }
    }

    if (!isLeaf) {
      walk(edge, output, to, block);
    }

    float[] share = block.share();
    Arrays.fill(share, 0, rows, 0f);
    for (int point = 0; point < POINTS; point++) {
      Lanes.addShare(share, alpha, block.sum(to, point), Quadrature.node(point), rows);
    }

    for (int point = 0; point < POINTS && before >= 0; point++) {
      Lanes.subtractShare(share, alphaBefore, block.sum(to, point), Quadrature.node(point), rows);
    }

    Lanes.add(block.ofTree(edges.feature(edge)), share, rows);
  }
}
