package io.paritree.forest.explain;

import java.util.Arrays;

/**
 * Some trees for one row: the operations of {@link FastLanes}, each for all splits of a level.
 *
 * <p>Immutable and thread-safe.
 */
final class FastTrees {
  private final Levels levels;
  private final int points;

  /** Per point t and the weight, for splits of features that no edge above tests. */
  private final float[] terms;

  /** Per level s of its splits. */
  private final float[][] shares;

  /** Per level and point t, and after them per point the weights, of repeated features. */
  private final float[][][] repeatedTerms;

  /** Per level and side, per split the weight of the leaf that the edge leads to; 0 if none. */
  private final float[][][] weights;

  /** Per part the places of its right edges, and the features that they test, in turn. */
  private final int[][] order;

  private final int[] outputs;

  /** Lays out trees for which {@link FastLanes#points} are the same. */
  FastTrees(Levels.Layout layout) {
    int parts = layout.parts().size();
    this.levels = layout.levels();
    this.points = FastLanes.points(layout.parts().get(0).edges());
    this.terms = new float[2 * points];
    this.shares = new float[levels.count()][];
    this.repeatedTerms = new float[levels.count()][2 * points][];
    this.weights = new float[levels.count()][2][];
    this.order = new int[parts][];
    this.outputs = new int[parts];
    FastLanes.fill(terms, 0, points, 1);
    double[][] sharesOfParts = new double[parts][];
    for (int at = 0; at < parts; at++) {
      Levels.Part part = layout.parts().get(at);
      Edges edges = part.edges();
      sharesOfParts[at] = edges.shares();
      outputs[at] = part.output();
      order[at] = new int[edges.count];
      int next = 0;
      for (int edge = 0; edge < edges.count; edge++) {
        if (!edges.isLeft[edge]) {
          order[at][next++] = layout.places()[at][edge];
          order[at][next++] = edges.feature(edge);
        }
      }
    }

    for (int level = 0; level < levels.count(); level++) {
      int count = levels.splits(level);
      shares[level] = new float[count];
      weights[level] = new float[2][count];
      repeatedTerms[level] = new float[2 * points][levels.repeated(level)];
      for (int lane = 0; lane < count; lane++) {
        Levels.Split split = layout.splits().get(level).get(lane);
        shares[level][lane] = split.part().edges().share[split.left()];
        weights[level][Levels.LEFT][lane] = weight(split.part(), split.left());
        weights[level][Levels.RIGHT][lane] = weight(split.part(), split.right());
        if (lane < levels.repeated(level)) {
          float[] ofSplit = new float[2 * points];
          FastLanes.fill(ofSplit, 0, points, sharesOfParts[split.at()][split.before()]);
          for (int term = 0; term < ofSplit.length; term++) {
            repeatedTerms[level][term][lane] = ofSplit[term];
          }
        }
      }
    }
  }

  private static float weight(Levels.Part part, int edge) {
    Edges edges = part.edges();
    return edges.isLeaf(edge)
        ? part.tree().weight(edges.node[edge], part.vector()) * part.factor()
        : 0f;
  }

  /**
   * Adds the contributions of the row whose ranks are given.
   *
   * @param sums receives the contributions from {@code to} on
   * @param columns the contributions of an output
   */
  void add(RowMemory row, float[] sums, int to, int columns) {
    row.growTo(levels);
    for (int level = 0; level < levels.count(); level++) {
      levels.decide(level, row);
      setSteps(level, row);
      descend(level, row);
    }

    for (int level = levels.count() - 1; level >= 0; level--) {
      ascend(level, row);
    }

    for (int part = 0; part < order.length; part++) {
      int[] ofPart = order[part];
      int from = to + outputs[part] * columns;
      for (int at = 0; at < ofPart.length; at += 2) {
        sums[from + ofPart[at + 1]] += row.shares[ofPart[at]];
      }
    }
  }

  /** Writes e and u of a level. Where u is 0, e may be any, as its factors are 0. */
  private void setSteps(int level, RowMemory row) {
    int count = levels.splits(level);
    Lanes.subtract(row.steps(level, Levels.LEFT), shares[level], count);

    float[] u = row.before(level);
    for (int lane = 0; lane < levels.repeated(level); lane++) {
      u[lane] = Float.intBitsToFloat(row.follows[levels.above(level, lane)]);
    }
  }

  /** Writes c of the splits of a level and of its edges. */
  private void descend(int level, RowMemory row) {
    int count = levels.splits(level);
    int repeated = levels.repeated(level);
    float[] s = shares[level];
    float[] e = row.steps(level, Levels.LEFT);
    float[] u = row.before(level);
    for (int point = 0; point < points; point++) {
      float[] c = row.splits(level, point);
      if (level == 0) {
        Arrays.fill(c, 0, count, 1f);
      } else {
        levels.gather(level, point, c, row);
      }

      if (level + 1 < levels.count()) {
        float[] left = row.edges(level, Levels.LEFT, point);
        float[] right = row.edges(level, Levels.RIGHT, point);
        Lanes.descend(left, right, c, s, e, u, repeatedTerms[level][point], repeated);
        Lanes.descend(left, right, c, s, e, terms[point], repeated, count);
      }
    }
  }

  /** Replaces c by g on a level, and writes what its splits add to contributions. */
  private void ascend(int level, RowMemory row) {
    int count = levels.splits(level);
    int repeated = levels.repeated(level);
    float[] s = shares[level];
    float[] e = row.steps(level, Levels.LEFT);
    float[] u = row.before(level);
    float[] sum = row.splits();
    Arrays.fill(sum, 0, count, 0f);
    for (int point = 0; point < points; point++) {
      float[] left = row.edges(level, Levels.LEFT, point);
      float[] right = row.edges(level, Levels.RIGHT, point);
      System.arraycopy(weights[level][Levels.LEFT], 0, left, 0, count);
      System.arraycopy(weights[level][Levels.RIGHT], 0, right, 0, count);
      if (level + 1 < levels.count()) {
        levels.scatter(level + 1, point, row.splits(level + 1, point), row);
      }

      float[] c = row.splits(level, point);
      float[] t = repeatedTerms[level][point];
      float[] w = repeatedTerms[level][points + point];
      Lanes.ascend(c, sum, left, right, s, e, u, t, w, repeated);
      Lanes.ascend(c, sum, left, right, s, e, terms[point], terms[points + point], repeated, count);
    }

    int right = levels.first(level) + count;
    for (int lane = 0; lane < count; lane++) {
      row.shares[right + lane] = e[lane] * sum[lane];
    }
  }
}
