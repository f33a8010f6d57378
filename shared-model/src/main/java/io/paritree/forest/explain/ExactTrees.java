package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Some trees for one row: the operations of {@link ExactTree}, each for all edges of a level.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactTrees {

  /*
   * The trees are computed together, level by level, in loops over all splits of a level that the
   * compiler vectorizes. Left and right edges have lanes of their own, with the number of their
   * split. The splits of a level are sorted: those of features that an edge above tests, then the
   * others; of both, first those below left edges. So the loops that divide end early, and the c of
   * splits are copied from those of the edges above in four loops.
   */

  /** A tree and one of its outputs. */
  record Part(Tree tree, Edges edges, int vector, int output, float factor) {
    static List<Part> of(Forest forest, Edges[] edges) {
      List<Part> parts = new ArrayList<>();
      for (int index = 0; index < edges.length; index++) {
        Tree tree = forest.tree(index);
        for (int vector = 0; vector < tree.outputs() && edges[index].count > 0; vector++) {
          int output = tree.outputs() == 1 ? forest.outputOf(index) : vector;
          parts.add(new Part(tree, edges[index], vector, output, forest.factor(index)));
        }
      }

      return parts;
    }
  }

  /** A split to be laid out, by its edges, and the edge above by its side and lane. */
  private record Split(int part, int left, int right, boolean isBelowLeft, int parentLane) {}

  /** Trees are added to a group until it has this many edges: then loops are long enough. */
  private static final int MANY_EDGES = 8_192;

  /** Per split: the column of its ranks, its place, the edge above, and p of both edges as bits. */
  private static final int COLUMN = 0;

  private static final int PLACE = 1;
  private static final int ABOVE = 2;
  private static final int LEFT = 3;
  private static final int RIGHT = 4;
  private static final int RECORD = 5;

  private static final int LEFT_SIDE = 0;
  private static final int RIGHT_SIDE = 1;

  /** The ranges of splits on a level; those with even numbers are below left edges. */
  private static final int RANGES = 4;

  /** The splits of all parts on one level. */
  private record Level(
      int count,
      int repeated,
      int[] starts,
      int[] parents,
      int[] records,
      float[] leftScales,
      float[] rightScales,
      CategorySet[] sets) {}

  private final Level[] levels;
  private final int edges;

  /** The most splits of a level. */
  private final int widest;

  /** Per part its edges in XGBoost's order, and after them the features they test. */
  private final int[][] order;

  /** Per part its features. */
  private final int[][] features;

  private final int[] outputs;
  private final float[] factors;

  private ExactTrees(List<Part> parts, Ranks ranks) {
    this.outputs = parts.stream().mapToInt(Part::output).toArray();
    this.factors = new float[outputs.length];
    this.features = new int[outputs.length][];
    this.order = new int[outputs.length][];
    this.edges = parts.stream().mapToInt(part -> part.edges.count).sum();

    int[][] lefts = new int[outputs.length][];
    int[][] rights = new int[outputs.length][];
    float[][] followed = new float[outputs.length][];
    float[][] scales = new float[outputs.length][];
    List<Split> level = new ArrayList<>();
    for (int at = 0; at < outputs.length; at++) {
      Part part = parts.get(at);
      Edges of = part.edges;
      factors[at] = part.factor;
      features[at] = of.features();
      order[at] = new int[2 * of.count];
      followed[at] = of.followed();
      scales[at] = of.scales(part.vector);
      lefts[at] = new int[of.count + 1];
      rights[at] = new int[of.count + 1];
      for (int edge = 0; edge < of.count; edge++) {
        (of.isLeft[edge] ? lefts : rights)[at][of.parent[edge]] = edge;
        order[at][of.count + edge] = of.feature(edge);
      }

      level.add(new Split(at, lefts[at][of.count], rights[at][of.count], true, at));
    }

    List<Level> laidOut = new ArrayList<>();
    int first = 0;
    while (!level.isEmpty()) {
      int count = level.size();
      level.sort(
          Comparator.comparing((Split split) -> parts.get(split.part).edges.before[split.left] < 0)
              .thenComparing(split -> !split.isBelowLeft));
      int[] starts = new int[RANGES + 1];
      int[] parents = new int[count];
      int[] records = new int[RECORD * count];
      float[] leftScales = new float[count];
      float[] rightScales = new float[count];
      CategorySet[] sets = new CategorySet[count];
      List<Split> below = new ArrayList<>();
      for (int lane = 0; lane < count; lane++) {
        Split split = level.get(lane);
        Edges of = parts.get(split.part).edges;
        Tree tree = parts.get(split.part).tree;
        int before = of.before[split.left];
        int node = of.split[split.left];
        starts[1 + (before < 0 ? 2 : 0) + (split.isBelowLeft ? 0 : 1)] = lane + 1;
        parents[lane] = split.parentLane;
        int record = RECORD * lane;
        records[record + COLUMN] = ranks.column(tree, node);
        records[record + PLACE] = ranks.place(tree, node);
        records[record + ABOVE] = before < 0 ? edges : order[split.part][before];
        records[record + LEFT] = Float.floatToRawIntBits(followed[split.part][split.left]);
        records[record + RIGHT] = Float.floatToRawIntBits(followed[split.part][split.right]);
        sets[lane] = CategorySet.of(tree, node);
        order[split.part][split.left] = first + lane;
        order[split.part][split.right] = first + count + lane;
        leftScales[lane] = scales[split.part][split.left];
        rightScales[lane] = scales[split.part][split.right];
        for (int edge : new int[] {split.left, split.right}) {
          if (!of.isLeaf(edge)) {
            below.add(
                new Split(
                    split.part,
                    lefts[split.part][edge],
                    rights[split.part][edge],
                    edge == split.left,
                    lane));
          }
        }
      }

      for (int range = 1; range < starts.length; range++) {
        starts[range] = Math.max(starts[range], starts[range - 1]);
      }

      laidOut.add(
          new Level(count, starts[2], starts, parents, records, leftScales, rightScales, sets));
      first += 2 * count;
      level = below;
    }

    this.levels = laidOut.toArray(Level[]::new);
    this.widest = Arrays.stream(levels).mapToInt(Level::count).max().orElse(0);
  }

  /** Groups the trees of a forest, in order. */
  static ExactTrees[] of(Forest forest, Edges[] edges, Ranks ranks) {
    List<ExactTrees> groups = new ArrayList<>();
    List<Part> group = new ArrayList<>();
    int count = 0;
    for (Part part : Part.of(forest, edges)) {
      group.add(part);
      count += part.edges.count;
      if (count >= MANY_EDGES) {
        groups.add(new ExactTrees(group, ranks));
        group.clear();
        count = 0;
      }
    }

    if (!group.isEmpty()) {
      groups.add(new ExactTrees(group, ranks));
    }

    return groups.toArray(ExactTrees[]::new);
  }

  /**
   * Adds the contributions of the row whose ranks are given.
   *
   * @param sums receives the contributions from {@code to} on
   * @param columns the contributions of an output
   */
  void add(RowMemory memory, float[] sums, int to, int columns) {
    memory.growToEdges(edges, levels.length, widest);
    memory.follows[edges] = 1;
    memory.alphas[edges] = 0f;
    int first = 0;
    for (int level = 0; level < levels.length; level++) {
      decide(levels[level], level, first, memory);
      descend(level, memory);
      first += 2 * levels[level].count;
    }

    for (int level = levels.length - 1; level >= 0; level--) {
      ascend(level, memory);
    }

    first = 0;
    for (int level = 0; level < levels.length; level++) {
      int count = levels[level].count;
      share(levels[level], level, LEFT_SIDE, first, memory);
      share(levels[level], level, RIGHT_SIDE, first + count, memory);
      first += 2 * count;
    }

    addUp(memory, sums, to, columns);
  }

  /** Writes a of all edges of a level, and that of the edges above. */
  private void decide(Level of, int level, int first, RowMemory memory) {
    int[] records = of.records;
    int[] ranks = memory.ranks;
    int[] follows = memory.follows;
    float[] alphas = memory.alphas;
    float[] left = memory.alphas(level, LEFT_SIDE);
    float[] right = memory.alphas(level, RIGHT_SIDE);
    float[] before = memory.before(level);
    int count = of.count;
    for (int lane = 0; lane < count; lane++) {
      int record = RECORD * lane;
      int rank = ranks[records[record + COLUMN]];
      int goesLeft =
          of.sets[lane] == null
              ? rank - records[record + PLACE] - 1 >>> 31
              : of.sets[lane].goesLeft(rank);
      int above = records[record + ABOVE];
      int u = follows[above];
      int v = u & goesLeft;
      float ofLeft = v * Float.intBitsToFloat(records[record + LEFT]) - 1f;
      float ofRight = (u - v) * Float.intBitsToFloat(records[record + RIGHT]) - 1f;
      before[lane] = alphas[above];
      left[lane] = ofLeft;
      right[lane] = ofRight;
      follows[first + lane] = v;
      follows[first + count + lane] = u - v;
      alphas[first + lane] = ofLeft;
      alphas[first + count + lane] = ofRight;
    }
  }

  /** Writes c of all edges of a level; h if they lead to a leaf. */
  private void descend(int at, RowMemory memory) {
    Level level = levels[at];
    int count = level.count;
    float[] left = memory.alphas(at, LEFT_SIDE);
    float[] right = memory.alphas(at, RIGHT_SIDE);
    float[] before = memory.before(at);
    for (int point = 0; point < POINTS; point++) {
      float node = Quadrature.node(point);
      float[] c = memory.ofSplits();
      if (at == 0) {
        Arrays.fill(c, 0, count, 1f);
      } else {
        for (int range = 0; range < RANGES; range++) {
          float[] of = memory.points(at - 1, range & 1, point);
          Lanes.gather(c, of, level.parents, level.starts[range], level.starts[range + 1]);
        }
      }

      Lanes.descend(memory.points(at, LEFT_SIDE, point), c, left, node, count);
      Lanes.descend(memory.points(at, RIGHT_SIDE, point), c, right, node, count);
      Lanes.divide(memory.points(at, LEFT_SIDE, point), before, node, level.repeated);
      Lanes.divide(memory.points(at, RIGHT_SIDE, point), before, node, level.repeated);
    }
  }

  /** Writes h of all edges of a level: where one leads to a leaf, from c, else from those below. */
  private void ascend(int at, RowMemory memory) {
    Level level = levels[at];
    for (int point = 0; point < POINTS; point++) {
      float weight = Quadrature.weight(point);
      Lanes.scale(memory.points(at, LEFT_SIDE, point), level.leftScales, weight, level.count);
      Lanes.scale(memory.points(at, RIGHT_SIDE, point), level.rightScales, weight, level.count);
      if (at + 1 < levels.length) {
        Level below = levels[at + 1];
        float[] h = memory.ofSplits();
        Lanes.add(
            h,
            memory.points(at + 1, LEFT_SIDE, point),
            memory.points(at + 1, RIGHT_SIDE, point),
            below.count);
        for (int range = 0; range < RANGES; range++) {
          float[] to = memory.points(at, range & 1, point);
          Lanes.scatter(to, h, below.parents, below.starts[range], below.starts[range + 1]);
        }
      }
    }
  }

  /** Writes what the edges of one side of a level add to contributions. */
  private void share(Level level, int at, int side, int first, RowMemory memory) {
    float[] share = memory.share(side);
    float[] alphas = memory.alphas(at, side);
    Arrays.fill(share, 0, level.count, 0f);
    for (int point = 0; point < POINTS; point++) {
      float[] h = memory.points(at, side, point);
      Lanes.addShare(share, alphas, h, Quadrature.node(point), level.count);
    }

    for (int point = 0; point < POINTS; point++) {
      float[] h = memory.points(at, side, point);
      float node = Quadrature.node(point);
      Lanes.subtractShare(share, memory.before(at), h, node, level.repeated);
    }

    System.arraycopy(share, 0, memory.shares, first, level.count);
  }

  /** Adds the shares of each part in XGBoost's order. */
  private void addUp(RowMemory memory, float[] sums, int to, int columns) {
    float[] phi = memory.phi;
    float[] shares = memory.shares;
    for (int part = 0; part < outputs.length; part++) {
      int[] lanes = order[part];
      int count = lanes.length / 2;
      for (int edge = 0; edge < count; edge++) {
        phi[lanes[count + edge]] += shares[lanes[edge]];
      }

      int from = to + outputs[part] * columns;
      for (int feature : features[part]) {
        sums[from + feature] += phi[feature] * factors[part];
        phi[feature] = 0f;
      }
    }
  }
}
