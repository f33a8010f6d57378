package io.paritree.forest.explain;

import io.paritree.forest.Tree;

/** Prepares the constants of a {@link FastTree}, in double. */
final class FastTreeBuilder {
  final Tree tree;
  final int points;
  final int[] nodes;
  final int[] features;
  final int[] columns;
  final int[] places;
  final int[] lefts;
  final int[] rights;
  final int[] aboves;
  final int[] above;
  final boolean[] recurs;
  final int[] from;
  final float[] constants;
  final float[] values;
  final int[] valuesFrom;
  final int[] groups;

  private final Edges edges;
  private final int output;
  private final double factor;
  private final double[] at;
  private final double[] weights;

  /** Per edge the product of the shares of all edges on its path that test its feature. */
  private final double[] shares;

  /** Per edge the number of edges on its path. */
  private final int[] levels;

  /**
   * @param output of the tree's own outputs: 0 unless its leaves are vectors
   * @param factor of the tree's leaves
   */
  FastTreeBuilder(Tree tree, Edges edges, int output, float factor, Ranks ranks) {
    this.tree = tree;
    this.edges = edges;
    this.output = output;
    this.factor = factor;
    this.points =
        edges.maxFeatures <= 2 * FastTree.FEW
            ? FastTree.FEW
            : edges.maxFeatures <= 2 * FastTree.SEVERAL ? FastTree.SEVERAL : FastTree.MANY;
    this.at = new double[points];
    this.weights = new double[points];
    Quadrature.fill(at, weights);

    int splits = edges.count / 2;
    this.nodes = new int[splits];
    this.features = new int[splits];
    this.columns = new int[splits];
    this.places = new int[splits];
    this.lefts = new int[splits];
    this.rights = new int[splits];
    this.aboves = new int[splits];
    this.above = new int[splits];
    this.recurs = new boolean[splits];
    this.from = new int[splits];
    this.shares = new double[edges.count];
    this.levels = new int[edges.count + 1];

    // Counting down visits a split's right edge first, and all above it before it.
    int[] leftEdges = new int[splits];
    int[] rightEdges = new int[splits];
    int[] splitOf = new int[edges.nodes()];
    int next = 0;
    for (int edge = edges.count - 1; edge >= 0; edge--) {
      int before = edges.before[edge];
      levels[edge] = levels[edges.parent[edge]] + 1;
      shares[edge] = edges.share[edge] * (before < 0 ? 1.0 : shares[before]);
      if (!edges.isLeft[edge]) {
        int split = next++;
        splitOf[edges.split[edge]] = split;
        rightEdges[split] = edge;
        nodes[split] = edges.split[edge];
        features[split] = edges.feature(edge);
        boolean isCategorical = tree.isCategorical(nodes[split]);
        columns[split] = isCategorical ? -1 : ranks.column(tree, nodes[split]);
        places[split] = isCategorical ? 0 : ranks.place(tree, nodes[split]);
        aboves[split] = before < 0 ? 0 : levels[before];
        above[split] = 2 * splits;
        if (before >= 0) {
          int splitBefore = splitOf[edges.split[before]];
          recurs[splitBefore] = true;
          above[split] = 2 * splitBefore + (edges.isLeft[before] ? 0 : 1);
        }
      } else {
        leftEdges[splitOf[edges.split[edge]]] = edge;
      }
    }

    this.valuesFrom = new int[splits];
    this.groups = new int[splits];
    int size = 0;
    int valuesSize = 0;
    for (int split = 0; split < splits; split++) {
      lefts[split] = next(leftEdges[split], splitOf);
      rights[split] = next(rightEdges[split], splitOf);
      from[split] = size;
      boolean again = aboves[split] != 0;
      groups[split] = points * (again ? 3 : 2);
      valuesFrom[split] = valuesSize - (again ? 0 : points);
      int count = lefts[split] < 0 && rights[split] < 0 ? 2 : 4;
      size = Math.addExact(size, count * points * FastTree.TERMS);
      valuesSize = Math.addExact(valuesSize, count * groups[split]);
    }

    this.constants = new float[size];
    this.values = new float[valuesSize];
    for (int split = 0; split < splits; split++) {
      fill(split, leftEdges[split], rightEdges[split]);
    }
  }

  private int next(int edge, int[] splitOf) {
    return edges.isLeaf(edge) ? -1 : splitOf[edges.node[edge]];
  }

  private void fill(int split, int left, int right) {
    boolean isPair = lefts[split] < 0 && rights[split] < 0;
    for (int point = 0; point < points; point++) {
      double[] leftFactors = factors(left, true, point);
      double[] leftShares = shares(left, true, point);
      double[] rightFactors = factors(right, false, point);
      double[] rightShares = shares(right, false, point);
      if (isPair) {
        put(split, FastTree.LEFT, point, sum(leftFactors, rightFactors));
        put(split, FastTree.LEFT_SHARE, point, sum(leftShares, rightShares));
      } else {
        put(split, FastTree.LEFT, point, leftFactors);
        put(split, FastTree.LEFT_SHARE, point, leftShares);
        put(split, FastTree.RIGHT, point, rightFactors);
        put(split, FastTree.RIGHT_SHARE, point, rightShares);
      }
    }
  }

  /*
   * Values are for three cases: the row does not follow the last edge above of the same feature; it
   * does, and goes right; it does, and goes left. The first does not occur if there is no such edge.
   */

  /** Returns the factors of an edge, times the weight of the leaf if it leads to one. */
  private double[] factors(int edge, boolean isLeft, int point) {
    double t = at[point];
    int above = edges.before[edge];
    double share = edges.share[edge];
    double before = above < 0 ? 1 : shares[above] * (1 - t) + t;
    double follows = (shares[edge] * (1 - t) + t) / before;
    double not = shares[edge] * (1 - t) / before;
    double[] values = {share, isLeft ? not : follows, isLeft ? follows : not};
    if (edges.isLeaf(edge)) {
      double weight = tree.weight(edges.node[edge], output) * factor * weights[point];
      for (int at = 0; at < values.length; at++) {
        values[at] *= weight;
      }
    }

    return values;
  }

  /**
   * Returns what an edge adds to the contribution of its feature, per h below it; per c above it if
   * it leads to a leaf.
   */
  private double[] shares(int edge, boolean isLeft, int point) {
    double t = at[point];
    int above = edges.before[edge];
    double before = above < 0 ? 0 : (1 - shares[above]) / (shares[above] * (1 - t) + t);
    double follows = (1 - shares[edge]) / (shares[edge] * (1 - t) + t) - before;
    double not = -1 / (1 - t) - before;
    double[] values = {0, isLeft ? not : follows, isLeft ? follows : not};
    if (edges.isLeaf(edge)) {
      double[] factors = factors(edge, isLeft, point);
      for (int at = 0; at < values.length; at++) {
        values[at] *= factors[at];
      }
    }

    return values;
  }

  private static double[] sum(double[] a, double[] b) {
    return new double[] {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
  }

  private void put(int split, int group, int point, double[] cases) {
    boolean again = aboves[split] != 0;
    float x = (float) cases[again ? 0 : 1];
    float y = again ? (float) (cases[1] - cases[0]) : 0f;
    float z = (float) (cases[2] - cases[1]);
    int at = from[split] + (group * points + point) * FastTree.TERMS;
    constants[at] = x;
    constants[at + 1] = y;
    constants[at + 2] = z;

    int first = valuesFrom[split] + group * groups[split] + point;
    if (again) {
      values[first] = x;
    }

    values[first + points] = x + y;
    values[first + 2 * points] = x + y + z;
  }
}
