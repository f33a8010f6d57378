package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Some trees laid out for one row: level by level, so that loops over all splits of a level are
 * long enough to be vectorized.
 *
 * <p>A split has a lane on its level, and its two edges have a place each: left edges first, then
 * right edges, level after level. The splits of a level are sorted: first the splits whose feature
 * an edge above tests, then the other splits; in both, splits below left edges first. So there are
 * four ranges, and values of the edges above are copied from one side to a range at a time.
 * Immutable and thread-safe.
 */
final class Levels {

  /** A tree and one of its outputs; {@code vector} is its number within the tree. */
  record Part(Tree tree, Edges edges, int vector, int output, float factor) {}

  /**
   * A split of the part with the number {@code at}, by its edges, and the edge above by its side
   * and the lane of its split.
   */
  record Split(Part part, int at, int left, int right, int side, int laneAbove) {
    /** Returns the last edge above that tests the same feature; -1 if there is none. */
    int before() {
      return part.edges.before[left];
    }

    private int range() {
      return (before() < 0 ? 2 : 0) + side;
    }
  }

  static final int LEFT = 0;
  static final int RIGHT = 1;

  /** The number of ranges; ranges with even numbers have the splits below left edges. */
  private static final int RANGES = 4;

  /** A group takes trees until it has this many edges: with more, one row is hardly faster. */
  private static final int MANY_EDGES = 8_192;

  /*
   * The numbers of a decision: the column of the split's ranks, the place of its threshold, and the
   * place of the last edge above that tests the same feature, or the number of edges.
   */
  private static final int COLUMN = 0;
  private static final int PLACE = 1;
  private static final int ABOVE = 2;
  private static final int RECORD = 3;

  private record Level(
      int first,
      int repeated,
      int[] starts,
      int[] parents,
      int[] decisions,
      Ranks.CategorySet[] sets) {
    int count() {
      return parents.length;
    }
  }

  /**
   * What else is known when trees are laid out.
   *
   * @param places per part and edge its place
   * @param splits per level and lane
   */
  record Layout(Levels levels, List<Part> parts, int[][] places, List<List<Split>> splits) {}

  private final int edges;
  private final Level[] levels;

  private Levels(int edges, List<Level> levels) {
    this.edges = edges;
    this.levels = levels.toArray(Level[]::new);
  }

  /** Returns the parts of a forest that have splits, by a key, otherwise in order. */
  static List<Part> parts(Forest forest, Edges[] edges, ToIntFunction<Edges> key) {
    List<Part> parts = new ArrayList<>();
    for (int index = 0; index < edges.length; index++) {
      Tree tree = forest.tree(index);
      for (int vector = 0; vector < tree.outputs() && edges[index].count > 0; vector++) {
        int output = tree.outputs() == 1 ? forest.outputOf(index) : vector;
        parts.add(new Part(tree, edges[index], vector, output, forest.factor(index)));
      }
    }

    parts.sort(Comparator.comparingInt(part -> key.applyAsInt(part.edges)));
    return parts;
  }

  /** Lays out parts in groups, in order; all of a group have the same key. */
  static List<Layout> groups(List<Part> parts, ToIntFunction<Edges> key, Ranks ranks) {
    List<Layout> groups = new ArrayList<>();
    List<Part> group = new ArrayList<>();
    int count = 0;
    for (int next = 0; next < parts.size(); next++) {
      Part part = parts.get(next);
      group.add(part);
      count += part.edges.count;
      boolean isLast =
          next + 1 == parts.size()
              || key.applyAsInt(part.edges) != key.applyAsInt(parts.get(next + 1).edges);
      if (isLast || count >= MANY_EDGES) {
        groups.add(layOut(List.copyOf(group), count, ranks));
        group.clear();
        count = 0;
      }
    }

    return groups;
  }

  private static Layout layOut(List<Part> parts, int edges, Ranks ranks) {
    int[][] places = new int[parts.size()][];
    int[][] children = new int[parts.size()][];
    List<Split> next = new ArrayList<>();
    for (int at = 0; at < parts.size(); at++) {
      Edges tree = parts.get(at).edges;
      places[at] = new int[tree.count];
      children[at] = new int[2 * (tree.count + 1)];
      for (int edge = 0; edge < tree.count; edge++) {
        children[at][2 * tree.parent[edge] + (tree.isLeft[edge] ? LEFT : RIGHT)] = edge;
      }

      next.add(split(parts.get(at), at, tree.count, children[at], LEFT, 0));
    }

    List<Level> levels = new ArrayList<>();
    List<List<Split>> splits = new ArrayList<>();
    int first = 0;
    while (!next.isEmpty()) {
      List<Split> level = next;
      level.sort(Comparator.comparingInt(Split::range));
      next = new ArrayList<>();
      for (int lane = 0; lane < level.size(); lane++) {
        Split split = level.get(lane);
        Edges tree = split.part.edges;
        places[split.at][split.left] = first + lane;
        places[split.at][split.right] = first + level.size() + lane;
        for (int side = LEFT; side <= RIGHT; side++) {
          int edge = side == LEFT ? split.left : split.right;
          if (!tree.isLeaf(edge)) {
            next.add(split(split.part, split.at, edge, children[split.at], side, lane));
          }
        }
      }

      levels.add(level(level, first, edges, places, ranks));
      splits.add(level);
      first += 2 * level.size();
    }

    return new Layout(new Levels(edges, levels), parts, places, splits);
  }

  private static Split split(Part part, int at, int edge, int[] children, int side, int lane) {
    return new Split(part, at, children[2 * edge + LEFT], children[2 * edge + RIGHT], side, lane);
  }

  private static Level level(
      List<Split> splits, int first, int edges, int[][] places, Ranks ranks) {
    int count = splits.size();
    int[] starts = new int[RANGES + 1];
    int[] parents = new int[count];
    int[] decisions = new int[RECORD * count];
    Ranks.CategorySet[] sets = new Ranks.CategorySet[count];
    for (int lane = 0; lane < count; lane++) {
      Split split = splits.get(lane);
      int node = split.part.edges.split[split.left];
      int before = split.before();
      parents[lane] = split.laneAbove;
      decisions[RECORD * lane + COLUMN] = ranks.column(split.part.tree, node);
      decisions[RECORD * lane + PLACE] = ranks.place(split.part.tree, node);
      decisions[RECORD * lane + ABOVE] = before < 0 ? edges : places[split.at][before];
      sets[lane] = Ranks.CategorySet.of(split.part.tree, node);
      Arrays.fill(starts, split.range() + 1, starts.length, lane + 1);
    }

    boolean isAny = Arrays.stream(sets).anyMatch(set -> set != null);
    return new Level(first, starts[2], starts, parents, decisions, isAny ? sets : null);
  }

  int count() {
    return levels.length;
  }

  int edges() {
    return edges;
  }

  int splits(int level) {
    return levels[level].count();
  }

  /** Returns how many of a level's splits, the first, have a feature that an edge above tests. */
  int repeated(int level) {
    return levels[level].repeated;
  }

  /** Returns the place of the first left edge of a level; the right ones follow them. */
  int first(int level) {
    return levels[level].first;
  }

  /**
   * Writes per edge of a level whether the row follows it and the edges of its feature above: where
   * the edges have their places, and as steps.
   */
  void decide(int level, RowMemory row) {
    Level here = levels[level];
    int[] decisions = here.decisions;
    int[] ranks = row.ranks;
    int[] follows = row.follows;
    float[] ofLeft = row.steps(level, LEFT);
    float[] ofRight = row.steps(level, RIGHT);
    int count = here.count();
    int left = here.first;
    int right = here.first + count;
    for (int lane = 0; lane < count; lane++) {
      int rank = ranks[decisions[RECORD * lane + COLUMN]];
      int goesLeft =
          here.sets == null || here.sets[lane] == null
              ? rank - decisions[RECORD * lane + PLACE] - 1 >>> 31
              : here.sets[lane].goesLeft(rank);
      int u = follows[decisions[RECORD * lane + ABOVE]];
      int v = u & -goesLeft;
      follows[left + lane] = v;
      follows[right + lane] = u ^ v;
      ofLeft[lane] = Float.intBitsToFloat(v);
      ofRight[lane] = Float.intBitsToFloat(u ^ v);
    }
  }

  /** Returns the place of the last edge above that tests the same feature, or the edges. */
  int above(int level, int lane) {
    return levels[level].decisions[RECORD * lane + ABOVE];
  }

  /** Copies values of the edges above to the splits of a level. */
  void gather(int level, int point, float[] splits, RowMemory row) {
    Level here = levels[level];
    for (int range = 0; range < RANGES; range++) {
      float[] edges = row.edges(level - 1, range & 1, point);
      Lanes.gather(splits, edges, here.parents, here.starts[range], here.starts[range + 1]);
    }
  }

  /** Copies values of the splits of a level to the edges above. */
  void scatter(int level, int point, float[] splits, RowMemory row) {
    Level here = levels[level];
    for (int range = 0; range < RANGES; range++) {
      float[] edges = row.edges(level - 1, range & 1, point);
      Lanes.scatter(edges, splits, here.parents, here.starts[range], here.starts[range + 1]);
    }
  }
}
