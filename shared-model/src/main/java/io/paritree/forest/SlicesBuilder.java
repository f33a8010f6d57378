package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Numbers the tests of a forest and lays its trees out for {@link Slices}. */
final class SlicesBuilder {
  /** Ranks are kept in 16 bits. */
  private static final int MAX_THRESHOLDS = 65_535;

  /** A tree is filled up to a full one if that makes it at most so many times larger. */
  private static final int MAX_FILLING = 3;

  final ThresholdMasks[] thresholdMasks;
  final CategoryMasks[] categoryMasks;
  final float[] base;
  final int[] shapes;
  final int[] programAt;
  final int[] weightsAt;
  final int[] tableSizes;

  int tests;
  int buckets;
  int maxNodes;
  int[] programs = {};
  float[] weights = {};
  int[] steps;

  private final Forest forest;
  private final Columns columns;
  private final int[][] keysOfColumn;
  private final int[] leftOfNumeric;
  private final int[] rightOfNumeric;
  private final int[] leftOfCategorical;
  private final int[] rightOfCategorical;

  private int programsSize;
  private int weightsSize;

  private SlicesBuilder(Forest forest, Columns columns, int[][] keysOfColumn) {
    this.forest = forest;
    this.columns = columns;
    this.keysOfColumn = keysOfColumn;
    this.base = forest.base;
    this.leftOfNumeric = new int[columns.numeric.length];
    this.rightOfNumeric = new int[columns.numeric.length];
    this.leftOfCategorical = new int[columns.categorical.length];
    this.rightOfCategorical = new int[columns.categorical.length];
    this.thresholdMasks = new ThresholdMasks[columns.numeric.length];
    this.categoryMasks = new CategoryMasks[columns.categorical.length];
    int trees = forest.trees.size();
    this.shapes = new int[trees];
    this.programAt = new int[trees];
    this.weightsAt = new int[trees];
    this.tableSizes = new int[trees];
  }

  /** Returns the slices of a forest, or null if a tree or a feature is too large for them. */
  static Slices build(Forest forest, Columns columns) {
    for (Tree tree : forest.trees) {
      if (tree.leaves() > 1 << LeafPlanes.PLANES) {
        return null;
      }
    }

    int[][] keys = keys(forest, columns);
    for (int[] keysOfOne : keys) {
      if (keysOfOne.length > MAX_THRESHOLDS) {
        return null;
      }
    }

    SlicesBuilder builder = new SlicesBuilder(forest, columns, keys);
    builder.numberTests();
    builder.layTrees();
    return new Slices(builder);
  }

  private static int[][] keys(Forest forest, Columns columns) {
    List<TreeSet<Integer>> sets = new ArrayList<>();
    for (int at = 0; at < columns.numeric.length; at++) {
      sets.add(new TreeSet<>());
    }

    for (Tree tree : forest.trees) {
      for (int node : tree.breadthFirst()) {
        if (!tree.isLeaf(node) && !tree.isCategorical(node)) {
          sets.get(columns.numericAt(tree.feature[node])).add(Key.ofThreshold(tree.value[node]));
        }
      }
    }

    return sets.stream()
        .map(set -> set.stream().mapToInt(key -> key).toArray())
        .toArray(int[][]::new);
  }

  /** Gives each column its tests, twice if its splits do not agree on where missing goes. */
  private void numberTests() {
    boolean[][] numeric = new boolean[columns.numeric.length][2];
    boolean[][] categorical = new boolean[columns.categorical.length][2];
    for (Tree tree : forest.trees) {
      for (int node : tree.breadthFirst()) {
        if (tree.isLeaf(node)) {
          continue;
        }

        int side = tree.missingGoesLeft[node] ? 0 : 1;
        if (tree.isCategorical(node)) {
          categorical[columns.categoricalAt(tree.feature[node])][side] = true;
        } else {
          numeric[columns.numericAt(tree.feature[node])][side] = true;
        }
      }
    }

    for (int at = 0; at < numeric.length; at++) {
      int size = keysOfColumn[at].length;
      leftOfNumeric[at] = numberSide(numeric[at][0], size);
      rightOfNumeric[at] = numberSide(numeric[at][1], size);
      buckets = Math.max(buckets, size + 1);
      thresholdMasks[at] =
          new ThresholdMasks(
              columns.numeric[at], keysOfColumn[at], leftOfNumeric[at], rightOfNumeric[at]);
    }

    for (int at = 0; at < categorical.length; at++) {
      int size = columns.setsAt(at);
      leftOfCategorical[at] = numberSide(categorical[at][0], size);
      rightOfCategorical[at] = numberSide(categorical[at][1], size);
      categoryMasks[at] =
          new CategoryMasks(
              columns.categorical[at],
              columns.sets[at],
              size,
              leftOfCategorical[at],
              rightOfCategorical[at]);
    }
  }

  private int numberSide(boolean isUsed, int size) {
    if (!isUsed) {
      return -1;
    }

    tests += size;
    return tests - size;
  }

  private int test(Tree tree, int node) {
    boolean left = tree.missingGoesLeft[node];
    if (tree.isCategorical(node)) {
      int at = columns.categoricalAt(tree.feature[node]);
      int first = left ? leftOfCategorical[at] : rightOfCategorical[at];
      return first + columns.set(at, tree.categories[node]);
    }

    int at = columns.numericAt(tree.feature[node]);
    int first = left ? leftOfNumeric[at] : rightOfNumeric[at];
    return first + Arrays.binarySearch(keysOfColumn[at], Key.ofThreshold(tree.value[node]));
  }

  /** Lays the trees out output by output, or as they stand if leaves are vectors. */
  private void layTrees() {
    int trees = forest.trees.size();
    boolean hasVectors = forest.trees.stream().anyMatch(tree -> tree.leafVectors != null);
    List<Integer> order = new ArrayList<>();
    for (int output = 0; output < (hasVectors ? 1 : base.length); output++) {
      for (int tree = 0; tree < trees; tree++) {
        if (hasVectors || forest.outputOf[tree] == output) {
          order.add(tree);
        }
      }
    }

    List<Integer> stepList = new ArrayList<>();
    int place = 0;
    while (place < trees) {
      int index = order.get(place);
      int end = place + 1;
      while (end < trees
          && end - place < Slices.TREES_PER_STEP
          && addAlike(index, order.get(end))) {
        end++;
      }

      boolean isVector = forest.trees.get(index).leafVectors != null;
      int output = isVector ? 0 : forest.outputOf[index];
      stepList.addAll(List.of(place, output, isVector ? base.length : output + 1));
      for (; place < end; place++) {
        lay(place, order.get(place));
      }
    }

    stepList.add(trees);
    steps = stepList.stream().mapToInt(value -> value).toArray();
    programs = Arrays.copyOf(programs, programsSize);
    weights = Arrays.copyOf(weights, weightsSize);
  }

  private boolean addAlike(int first, int second) {
    boolean firstIsVector = forest.trees.get(first).leafVectors != null;
    boolean secondIsVector = forest.trees.get(second).leafVectors != null;
    return firstIsVector == secondIsVector
        && (firstIsVector || forest.outputOf[first] == forest.outputOf[second]);
  }

  private void lay(int place, int index) {
    Tree tree = forest.trees.get(index);
    programAt[place] = programsSize;
    weightsAt[place] = weightsSize;
    if (isRegular(tree)) {
      shapes[place] = tree.depth();
      int[] program = new int[Multiplexer.size(tree.depth())];
      int[] leaves = new int[1 << tree.depth()];
      fill(tree, 0, 0, 0, 0, program, leaves);
      append(program);
      appendWeights(place, index, leaves);
      return;
    }

    shapes[place] = -1 - (tree.leaves() - 1);
    maxNodes = Math.max(maxNodes, 2 * tree.leaves());
    append(ReachMasks.program(tree, node -> test(tree, node)));
    appendWeights(place, index, ReachMasks.leaves(tree));
  }

  static boolean isRegular(Tree tree) {
    return tree.depth() <= Multiplexer.MAX_DEPTH
        && 1 << tree.depth() <= MAX_FILLING * tree.leaves();
  }

  /**
   * Writes the tests of a full tree; below an early leaf its parent's test, whose masks are hot.
   */
  private void fill(
      Tree tree, int node, int level, int path, int above, int[] program, int[] leaves) {
    if (level == tree.depth()) {
      leaves[path] = node;
      return;
    }

    boolean isLeaf = tree.isLeaf(node);
    int test = isLeaf ? above : test(tree, node);
    program[Multiplexer.place(level, path)] = test;
    int left = isLeaf ? node : tree.left[node];
    int right = isLeaf ? node : tree.right[node];
    fill(tree, left, level + 1, 2 * path, test, program, leaves);
    fill(tree, right, level + 1, 2 * path + 1, test, program, leaves);
  }

  private void append(int[] program) {
    if (programs.length < programsSize + program.length) {
      programs = Arrays.copyOf(programs, grown(programs.length, programsSize + program.length));
    }

    System.arraycopy(program, 0, programs, programsSize, program.length);
    programsSize += program.length;
  }

  private void appendWeights(int place, int index, int[] leaves) {
    Tree tree = forest.trees.get(index);
    int vectors = tree.leafVectors == null ? 1 : base.length;
    int added = Math.multiplyExact(vectors, leaves.length);
    if (weights.length < weightsSize + added) {
      weights = Arrays.copyOf(weights, grown(weights.length, weightsSize + added));
    }

    tableSizes[place] = leaves.length;
    for (int output = 0; output < vectors; output++) {
      for (int leaf : leaves) {
        weights[weightsSize++] = forest.weighted(index, tree.weight(leaf, output));
      }
    }
  }

  private static int grown(int length, int needed) {
    return Math.max(needed, Math.addExact(length, length >> 1));
  }
}
