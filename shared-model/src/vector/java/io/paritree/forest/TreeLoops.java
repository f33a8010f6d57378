package io.paritree.forest;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops by which {@link WideSlices} turn masks into leaf numbers; the rules of {@link
 * RankLoops} hold here.
 */
final class TreeLoops {
  private static final int LONGS = WideMemory.LONGS;
  private static final int SQUARE = WideMemory.SQUARE;

  private TreeLoops() {}

  /** Does what {@link Multiplexer} says; C2 makes one instruction of it where there is one. */
  private static LongVector choose(LongVector left, LongVector right, LongVector path) {
    return left.or(path).lanewise(VectorOperators.XOR, right.and(path));
  }

  private static LongVector mask(long[] masks, int[] program, int at) {
    return LongVector.fromArray(VectorWidth.LONG, masks, program[at]);
  }

  /**
   * Evaluates the first levels, up to three, of consecutive trees that are multiplexers (see {@link
   * Multiplexer}). The planes of each tree are a square; the first level is plane {@code top}.
   */
  static final class TopLevels extends WideLoop {
    private final int[] program;
    private final int at;
    private final int size;
    private final int trees;
    private final int top;
    private final int levels;

    TopLevels(int[] program, int at, int size, int trees, int top, int levels) {
      this.program = program;
      this.at = at;
      this.size = size;
      this.trees = trees;
      this.top = top;
      this.levels = levels;
    }

    @Override
    void run(WideMemory memory) {
      long[] masks = memory.masks;
      long[] planes = memory.planes;
      for (int tree = 0; tree < trees; tree++) {
        int from = at + tree * size;
        int to = tree * SQUARE + top * LONGS;
        LongVector first = mask(masks, program, from);
        first.intoArray(planes, to);
        if (levels > 1) {
          LongVector second =
              choose(mask(masks, program, from + 1), mask(masks, program, from + 2), first);
          second.intoArray(planes, to - LONGS);
          if (levels > 2) {
            choose(
                    choose(mask(masks, program, from + 3), mask(masks, program, from + 5), first),
                    choose(mask(masks, program, from + 4), mask(masks, program, from + 6), first),
                    second)
                .intoArray(planes, to - 2 * LONGS);
          }
        }
      }
    }
  }

  /**
   * Chooses among each four masks of a level by the first two levels. The masks for a left step on
   * the third level come before the others.
   */
  static final class Fours extends WideLoop {
    private final int[] program;
    private final int at;
    private final int size;
    private final int trees;
    private final int top;
    private final int eights;

    Fours(int[] program, int at, int size, int trees, int top, int eights) {
      this.program = program;
      this.at = at;
      this.size = size;
      this.trees = trees;
      this.top = top;
      this.eights = eights;
    }

    @Override
    void run(WideMemory memory) {
      long[] masks = memory.masks;
      long[] planes = memory.planes;
      long[] chosen = memory.chosen;
      int to = 0;
      for (int tree = 0; tree < trees; tree++) {
        int path = tree * SQUARE + top * LONGS;
        LongVector first = LongVector.fromArray(VectorWidth.LONG, planes, path);
        LongVector second = LongVector.fromArray(VectorWidth.LONG, planes, path - LONGS);
        for (int third = 0; third < 2; third++) {
          int from = at + tree * size + third;
          for (int eight = 0; eight < eights; eight++) {
            choose(
                    choose(mask(masks, program, from), mask(masks, program, from + 4), first),
                    choose(mask(masks, program, from + 2), mask(masks, program, from + 6), first),
                    second)
                .intoArray(chosen, to);
            from += 8;
            to += LONGS;
          }
        }
      }
    }
  }

  /** Chooses between the two vectors that each tree has left; the result is a plane. */
  static final class Fold extends WideLoop {
    private final int trees;
    private final int plane;
    private final int to;

    Fold(int trees, int plane, int to) {
      this.trees = trees;
      this.plane = plane;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] chosen = memory.chosen;
      long[] planes = memory.planes;
      for (int tree = 0; tree < trees; tree++) {
        LongVector path =
            LongVector.fromArray(VectorWidth.LONG, planes, tree * SQUARE + plane * LONGS);
        choose(
                LongVector.fromArray(VectorWidth.LONG, chosen, 2 * tree * LONGS),
                LongVector.fromArray(VectorWidth.LONG, chosen, (2 * tree + 1) * LONGS),
                path)
            .intoArray(planes, tree * SQUARE + to);
      }
    }
  }

  /**
   * Chooses between the quarters of what each tree has left, by a plane and the one below it. If
   * each quarter is one vector, the result is a plane.
   */
  static final class FoldTwice extends WideLoop {
    private final int stride;
    private final int quarter;
    private final int trees;
    private final int plane;
    private final int to;

    FoldTwice(int stride, int quarter, int trees, int plane, int to) {
      this.stride = stride;
      this.quarter = quarter;
      this.trees = trees;
      this.plane = plane;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] chosen = memory.chosen;
      long[] planes = memory.planes;
      long[] folded = quarter == 1 ? planes : chosen;
      int foldedStride = quarter == 1 ? SQUARE : quarter * LONGS;
      int other = quarter * LONGS;
      for (int tree = 0; tree < trees; tree++) {
        int path = tree * SQUARE + plane * LONGS;
        LongVector first = LongVector.fromArray(VectorWidth.LONG, planes, path);
        LongVector second = LongVector.fromArray(VectorWidth.LONG, planes, path - LONGS);
        int from = tree * stride;
        int result = to + tree * foldedStride;
        for (int place = 0; place < quarter; place++) {
          choose(
                  choose(
                      LongVector.fromArray(VectorWidth.LONG, chosen, from),
                      LongVector.fromArray(VectorWidth.LONG, chosen, from + 2 * other),
                      first),
                  choose(
                      LongVector.fromArray(VectorWidth.LONG, chosen, from + other),
                      LongVector.fromArray(VectorWidth.LONG, chosen, from + 3 * other),
                      first),
                  second)
              .intoArray(folded, result);
          from += LONGS;
          result += LONGS;
        }
      }
    }
  }

  /** Passes rows down a tree: see {@link ReachMasks}. Nodes and tests are offsets. */
  static final class Reach extends WideLoop {
    private final int[] program;
    private final int at;
    private final int splits;

    Reach(int[] program, int at, int splits) {
      this.program = program;
      this.at = at;
      this.splits = splits;
    }

    @Override
    void run(WideMemory memory) {
      long[] masks = memory.masks;
      long[] reach = memory.reach;
      LongVector.broadcast(VectorWidth.LONG, -1L).intoArray(reach, 0);
      int to = LONGS;
      for (int split = at; split < at + 2 * splits; split += 2) {
        LongVector here = LongVector.fromArray(VectorWidth.LONG, reach, program[split]);
        LongVector right = mask(masks, program, split + 1);
        here.lanewise(VectorOperators.AND_NOT, right).intoArray(reach, to);
        here.and(right).intoArray(reach, to + LONGS);
        to += 2 * LONGS;
      }
    }
  }

  /** ORs the reach of the nodes that each plane lists. */
  static final class ReachedLeaves extends WideLoop {
    private final int[] program;
    private final int at;
    private final int to;

    ReachedLeaves(int[] program, int at, int to) {
      this.program = program;
      this.at = at;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] reach = memory.reach;
      int next = at;
      for (int plane = 0; plane < WideMemory.PLANES; plane++) {
        int end = next + 1 + program[next];
        LongVector bits = LongVector.zero(VectorWidth.LONG);
        for (next++; next < end; next++) {
          bits = bits.or(LongVector.fromArray(VectorWidth.LONG, reach, program[next]));
        }

        bits.intoArray(memory.planes, to + plane * LONGS);
      }
    }
  }
}
