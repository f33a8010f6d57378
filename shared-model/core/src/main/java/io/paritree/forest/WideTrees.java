package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The loops that evaluate trees on masks of many rows, step by step as {@link Slices} does. */
final class WideTrees {
  private static final int LONGS = WideMemory.LONGS;
  private static final int SQUARE = WideMemory.SQUARE;

  private final SlicesBuilder layout;

  /** The programs of the layout, with offsets instead of numbers. */
  private final int[] programs;

  private final List<WideLoop> loops = new ArrayList<>();
  private final WideLeaves leaves;

  private final int reachAt;

  private WideTrees(SlicesBuilder layout, int[] maskAt, int reachAt) {
    this.reachAt = reachAt;
    this.layout = layout;
    this.leaves = new WideLeaves(layout, loops);
    this.programs = layout.programs.clone();
    int[] shapes = layout.shapes;
    for (int tree = 0; tree < shapes.length; tree++) {
      int at = layout.programAt[tree];
      int end = tree + 1 < shapes.length ? layout.programAt[tree + 1] : programs.length;
      if (shapes[tree] < 0) {
        ReachMasks.toOffsets(programs, at, splits(tree), end, LONGS, test -> maskAt[test]);
        continue;
      }

      for (int test = at; test < end; test++) {
        programs[test] = maskAt[programs[test]];
      }
    }
  }

  /**
   * Returns the loops.
   *
   * @param maskAt where the mask of each test begins
   * @param reachAt where there is room for the reach of a tree's nodes
   */
  static List<WideLoop> loops(SlicesBuilder layout, int[] maskAt, int reachAt) {
    WideTrees trees = new WideTrees(layout, maskAt, reachAt);
    for (int step = 0; step + 3 < layout.steps.length; step += 3) {
      trees.addStep(step);
    }

    return trees.loops;
  }

  private int splits(int tree) {
    return -1 - layout.shapes[tree];
  }

  private void addStep(int step) {
    int first = layout.steps[step];
    int end = layout.steps[step + 3];
    int[] shapes = layout.shapes;
    loops.add(new ClearPlanes(end - first));
    int tree = first;
    while (tree < end) {
      int to = (tree - first) * SQUARE;
      int at = layout.programAt[tree];
      int next = tree + 1;
      if (shapes[tree] < 0) {
        loops.add(new TreeLoops.Reach(programs, at, splits(tree), reachAt));
        loops.add(new TreeLoops.ReachedLeaves(programs, at + 2 * splits(tree), reachAt, to));
      } else {
        while (next < end && shapes[next] == shapes[tree]) {
          next++;
        }

        addMultiplexers(at, shapes[tree], next - tree, to / LONGS);
      }

      tree = next;
    }

    leaves.addStep(first, end, layout.steps[step + 1], layout.steps[step + 2]);
  }

  /** Adds the loops for consecutive trees of one depth: see {@link Multiplexer}. */
  private void addMultiplexers(int at, int depth, int trees, int firstPlane) {
    if (depth == 0) {
      return;
    }

    int size = Multiplexer.size(depth);
    int top = firstPlane + depth - 1;
    int levels = Math.min(3, depth);
    loops.add(new TreeLoops.TopLevels(programs, at, size, trees, top, levels));
    for (int level = 3; level < depth; level++) {
      int levelAt = at + Multiplexer.size(level);
      int eights = 1 << level - 3;
      loops.add(new TreeLoops.Fours(programs, levelAt, size, trees, top, eights));
      int to = (top - level) * LONGS;
      int plane = top - 2;
      int left = 2 * eights;
      for (; left >= 4; left /= 4) {
        int result = left == 4 ? to : 0;
        loops.add(new TreeLoops.FoldTwice(left * LONGS, left / 4, trees, plane, result));
        plane -= 2;
      }

      if (left == 2) {
        loops.add(new TreeLoops.Fold(trees, plane, to));
      }
    }
  }

  /**
   * Returns the loops that transpose squares of bytes to planes, or back: see {@link LeafPlanes}.
   *
   * @param from where the first square begins
   */
  static List<WideLoop> transposition(int from, int squares) {
    int vectors = squares * WideMemory.PLANES;
    return List.of(
        new MaskLoops.Swap(from, vectors, 4, 0x0f0f0f0f0f0f0f0fL),
        new MaskLoops.Swap(from, vectors, 2, 0x3333333333333333L),
        new MaskLoops.Swap(from, vectors, 1, 0x5555555555555555L));
  }

  /** Clears the planes, since trees of less than eight levels do not write all of them. */
  private static final class ClearPlanes extends WideLoop {
    private final int trees;

    private ClearPlanes(int trees) {
      this.trees = trees;
    }

    @Override
    void run(WideMemory memory) {
      Arrays.fill(memory.words, memory.start, memory.start + trees * SQUARE, 0);
    }
  }
}
