package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Lays the trees of a forest out for {@link Slices} and {@link WideSlices}. */
final class SlicesBuilder {
  /** A tree is filled up to a full one if that makes it at most this many times larger. */
  private static final int MAX_FILLING = 3;

  final SplitTests tests;
  final Forest forest;
  final int[] shapes;
  final int[] programAt;
  final int[] weightsAt;
  final int[] tableSizes;

  int maxNodes;
  int[] programs = {};
  float[] weights = {};
  int[] steps;

  private int programsSize;
  private int weightsSize;

  private SlicesBuilder(Forest forest, SplitTests tests) {
    this.forest = forest;
    this.tests = tests;
    int trees = forest.trees.size();
    this.shapes = new int[trees];
    this.programAt = new int[trees];
    this.weightsAt = new int[trees];
    this.tableSizes = new int[trees];
  }

  /** Returns the layout of a forest in slices; empty if a tree is too large for them. */
  static Optional<SlicesBuilder> build(Forest forest, SplitTests tests) {
    if (forest.trees.stream().anyMatch(tree -> tree.leaves() > 1 << LeafPlanes.PLANES)) {
      return Optional.empty();
    }

    SlicesBuilder builder = new SlicesBuilder(forest, tests);
    builder.layTrees();
    return Optional.of(builder);
  }

  /** Lays the trees out output by output, or in their own order if leaves are vectors. */
  private void layTrees() {
    int trees = forest.trees.size();
    List<Integer> order = order();
    List<Integer> stepList = new ArrayList<>();
    int place = 0;
    while (place < trees) {
      int index = order.get(place);
      int end = place + 1;
      while (end < trees
          && end - place < Slices.TREES_PER_STEP
          && addToSameOutput(index, order.get(end))) {
        end++;
      }

      boolean isVector = isVector(index);
      int output = isVector ? 0 : forest.outputOf[index];
      stepList.addAll(List.of(place, output, isVector ? forest.base.length : output + 1));
      for (; place < end; place++) {
        lay(place, order.get(place));
      }
    }

    stepList.add(trees);
    steps = stepList.stream().mapToInt(value -> value).toArray();
    programs = Arrays.copyOf(programs, programsSize);
    weights = Arrays.copyOf(weights, weightsSize);
  }

  private List<Integer> order() {
    boolean hasVectors = forest.trees.stream().anyMatch(tree -> tree.leafVectors != null);
    return IntStream.range(0, forest.trees.size())
        .boxed()
        .sorted(Comparator.comparingInt(tree -> hasVectors ? 0 : forest.outputOf[tree]))
        .toList();
  }

  private boolean isVector(int tree) {
    return forest.trees.get(tree).leafVectors != null;
  }

  private boolean addToSameOutput(int first, int second) {
    return isVector(first) == isVector(second)
        && (isVector(first) || forest.outputOf[first] == forest.outputOf[second]);
  }

  private void lay(int place, int index) {
    Tree tree = forest.trees.get(index);
    programAt[place] = programsSize;
    weightsAt[place] = weightsSize;
    if (isRegular(tree)) {
      shapes[place] = tree.depth();
      int[] program = new int[Multiplexer.size(tree.depth())];
      int[] leaves = new int[1 << tree.depth()];
      fill(tree, 0, 0, 0, program, leaves);
      append(program);
      appendWeights(place, index, leaves);
      return;
    }

    shapes[place] = -1 - (tree.leaves() - 1);
    maxNodes = Math.max(maxNodes, 2 * tree.leaves());
    append(ReachMasks.program(tree, node -> tests.of(tree, node)));
    appendWeights(place, index, ReachMasks.leaves(tree));
  }

  static boolean isRegular(Tree tree) {
    return tree.depth() <= Multiplexer.MAX_DEPTH
        && 1 << tree.depth() <= MAX_FILLING * tree.leaves();
  }

  /** Writes the tests of a full tree; below an early leaf every test says left. */
  private void fill(Tree tree, int node, int level, int path, int[] program, int[] leaves) {
    if (level == tree.depth()) {
      leaves[Multiplexer.code(path)] = node;
      return;
    }

    boolean isLeaf = tree.isLeaf(node);
    int place = Multiplexer.place(level, Multiplexer.code(path));
    program[place] = isLeaf ? SplitTests.LEFT : tests.of(tree, node);
    fill(tree, isLeaf ? node : tree.left[node], level + 1, 2 * path, program, leaves);
    fill(tree, isLeaf ? node : tree.right[node], level + 1, 2 * path + 1, program, leaves);
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
    int vectors = isVector(index) ? forest.base.length : 1;
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
