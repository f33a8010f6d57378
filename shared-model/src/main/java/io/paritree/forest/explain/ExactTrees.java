package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import java.util.Arrays;

/**
 * Some trees for one row: the operations of {@link ExactTree}, each for all edges of a level.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactTrees {
  private final Levels levels;

  /** Per level and side, per split p for rows that follow the edge. */
  private final float[][][] followed;

  /** Per level and side, per split the scale of the leaf that the edge leads to; 0 if none. */
  private final float[][][] scales;

  /** Per part the places of its edges in XGBoost's order. */
  private final int[][] places;

  /** Per part the features of its edges in this order. */
  private final int[][] features;

  /** Per part the different ones of these. */
  private final int[][] used;

  private final int[] outputs;
  private final float[] factors;

  ExactTrees(Levels.Layout layout) {
    int parts = layout.parts().size();
    this.levels = layout.levels();
    this.places = layout.places();
    this.followed = new float[levels.count()][2][];
    this.scales = new float[levels.count()][2][];
    this.features = new int[parts][];
    this.used = new int[parts][];
    this.outputs = new int[parts];
    this.factors = new float[parts];
    float[][] followedOfParts = new float[parts][];
    float[][] scalesOfParts = new float[parts][];
    for (int at = 0; at < parts; at++) {
      Levels.Part part = layout.parts().get(at);
      Edges edges = part.edges();
      outputs[at] = part.output();
      factors[at] = part.factor();
      used[at] = edges.features();
      features[at] = new int[edges.count];
      Arrays.setAll(features[at], edges::feature);
      followedOfParts[at] = edges.followed();
      scalesOfParts[at] = edges.scales(part.vector());
    }

    for (int level = 0; level < levels.count(); level++) {
      for (int side = Levels.LEFT; side <= Levels.RIGHT; side++) {
        followed[level][side] = new float[levels.splits(level)];
        scales[level][side] = new float[levels.splits(level)];
        for (int lane = 0; lane < levels.splits(level); lane++) {
          Levels.Split split = layout.splits().get(level).get(lane);
          int edge = side == Levels.LEFT ? split.left() : split.right();
          followed[level][side][lane] = followedOfParts[split.at()][edge];
          scales[level][side][lane] = scalesOfParts[split.at()][edge];
        }
      }
    }
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
      setAlphas(level, row);
      descend(level, row);
    }

    for (int level = levels.count() - 1; level >= 0; level--) {
      ascend(level, row);
    }

    for (int level = 0; level < levels.count(); level++) {
      share(level, Levels.LEFT, levels.first(level), row);
      share(level, Levels.RIGHT, levels.first(level) + levels.splits(level), row);
    }

    addUp(row, sums, to, columns);
  }

  /** Writes a of the edges of a level, and of the edges above that test the same feature. */
  private void setAlphas(int level, RowMemory row) {
    int count = levels.splits(level);
    float[] alphas = row.alphas;
    for (int side = Levels.LEFT; side <= Levels.RIGHT; side++) {
      float[] ofSide = row.steps(level, side);
      Lanes.alpha(ofSide, followed[level][side], count);
      System.arraycopy(ofSide, 0, alphas, levels.first(level) + side * count, count);
    }

    float[] before = row.before(level);
    for (int lane = 0; lane < levels.repeated(level); lane++) {
      before[lane] = alphas[levels.above(level, lane)];
    }
  }

  /** Writes c of the edges of a level. */
  private void descend(int level, RowMemory row) {
    int count = levels.splits(level);
    float[] c = row.splits();
    for (int point = 0; point < POINTS; point++) {
      float node = Quadrature.node(point);
      if (level == 0) {
        Arrays.fill(c, 0, count, 1f);
      } else {
        levels.gather(level, point, c, row);
      }

      for (int side = Levels.LEFT; side <= Levels.RIGHT; side++) {
        float[] to = row.edges(level, side, point);
        Lanes.descend(to, c, row.steps(level, side), node, count);
        Lanes.divide(to, row.before(level), node, levels.repeated(level));
      }
    }
  }

  /** Replaces c by h on a level: of the leaf that an edge leads to, else the sum of h below. */
  private void ascend(int level, RowMemory row) {
    for (int point = 0; point < POINTS; point++) {
      float weight = Quadrature.weight(point);
      for (int side = Levels.LEFT; side <= Levels.RIGHT; side++) {
        float[] points = row.edges(level, side, point);
        Lanes.scale(points, scales[level][side], weight, levels.splits(level));
      }

      int below = level + 1;
      if (below < levels.count()) {
        float[] left = row.edges(below, Levels.LEFT, point);
        float[] right = row.edges(below, Levels.RIGHT, point);
        Lanes.add(row.splits(), left, right, levels.splits(below));
        levels.scatter(below, point, row.splits(), row);
      }
    }
  }

  /** Writes what the edges of one side of a level add to contributions. */
  private void share(int level, int side, int place, RowMemory row) {
    int count = levels.splits(level);
    float[] share = row.splits();
    Arrays.fill(share, 0, count, 0f);
    for (int point = 0; point < POINTS; point++) {
      float[] h = row.edges(level, side, point);
      Lanes.addShare(share, row.steps(level, side), h, Quadrature.node(point), count);
    }

    for (int point = 0; point < POINTS; point++) {
      float[] h = row.edges(level, side, point);
      float node = Quadrature.node(point);
      Lanes.subtractShare(share, row.before(level), h, node, levels.repeated(level));
    }

    System.arraycopy(share, 0, row.shares, place, count);
  }

  /** Adds the shares of each part in XGBoost's order. */
  private void addUp(RowMemory row, float[] sums, int to, int columns) {
    float[] phi = row.phi;
    for (int part = 0; part < outputs.length; part++) {
      int[] ofPart = places[part];
      int[] tested = features[part];
      for (int edge = 0; edge < ofPart.length; edge++) {
        phi[tested[edge]] += row.shares[ofPart[edge]];
      }

      int from = to + outputs[part] * columns;
      for (int feature : used[part]) {
        sums[from + feature] += phi[feature] * factors[part];
        phi[feature] = 0f;
      }
    }
  }
}
