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

  private static LongVector mask(long[] words, int start, int[] program, int at) {
    return LongVector.fromArray(VectorWidth.LONG, words, start + program[at]);
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
      long[] words = memory.words;
      int start = memory.start;
      for (int tree = 0; tree < trees; tree++) {
        int from = at + tree * size;
        int to = start + tree * SQUARE + top * LONGS;
        LongVector first = mask(words, start, program, from);
        first.intoArray(words, to);
        if (levels > 1) {
          LongVector second =
              choose(
                  mask(words, start, program, from + 1),
                  mask(words, start, program, from + 2),
                  first);
          second.intoArray(words, to - LONGS);
          if (levels > 2) {
            choose(
                    choose(
                        mask(words, start, program, from + 3),
                        mask(words, start, program, from + 5),
                        first),
                    choose(
                        mask(words, start, program, from + 4),
                        mask(words, start, program, from + 6),
                        first),
                    second)
                .intoArray(words, to - 2 * LONGS);
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
      long[] words = memory.words;
      int start = memory.start;
      int to = start + WideMemory.CHOSEN_AT;
      for (int tree = 0; tree < trees; tree++) {
        int path = start + tree * SQUARE + top * LONGS;
        LongVector first = LongVector.fromArray(VectorWidth.LONG, words, path);
        LongVector second = LongVector.fromArray(VectorWidth.LONG, words, path - LONGS);
        for (int third = 0; third < 2; third++) {
          int from = at + tree * size + third;
          for (int eight = 0; eight < eights; eight++) {
            choose(
                    choose(
                        mask(words, start, program, from),
                        mask(words, start, program, from + 4),
                        first),
                    choose(
                        mask(words, start, program, from + 2),
                        mask(words, start, program, from + 6),
                        first),
                    second)
                .intoArray(words, to);
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
      long[] words = memory.words;
      int chosen = memory.start + WideMemory.CHOSEN_AT;
      for (int tree = 0; tree < trees; tree++) {
        int square = memory.start + tree * SQUARE;
        choose(
                LongVector.fromArray(VectorWidth.LONG, words, chosen),
                LongVector.fromArray(VectorWidth.LONG, words, chosen + LONGS),
                LongVector.fromArray(VectorWidth.LONG, words, square + plane * LONGS))
            .intoArray(words, square + to);
        chosen += 2 * LONGS;
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
      long[] words = memory.words;
      int chosen = memory.start + WideMemory.CHOSEN_AT;
      int folded = quarter == 1 ? memory.start + to : chosen;
      int foldedStride = quarter == 1 ? SQUARE : quarter * LONGS;
      int other = quarter * LONGS;
      for (int tree = 0; tree < trees; tree++) {
        int path = memory.start + tree * SQUARE + plane * LONGS;
        LongVector first = LongVector.fromArray(VectorWidth.LONG, words, path);
        LongVector second = LongVector.fromArray(VectorWidth.LONG, words, path - LONGS);
        int from = chosen + tree * stride;
        int result = folded + tree * foldedStride;
        for (int place = 0; place < quarter; place++) {
          choose(
                  choose(
                      LongVector.fromArray(VectorWidth.LONG, words, from),
                      LongVector.fromArray(VectorWidth.LONG, words, from + 2 * other),
                      first),
                  choose(
                      LongVector.fromArray(VectorWidth.LONG, words, from + other),
                      LongVector.fromArray(VectorWidth.LONG, words, from + 3 * other),
                      first),
                  second)
              .intoArray(words, result);
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
    private final int reachAt;

    Reach(int[] program, int at, int splits, int reachAt) {
      this.program = program;
      this.at = at;
      this.splits = splits;
      this.reachAt = reachAt;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int start = memory.start;
      int reach = start + reachAt;
      LongVector.broadcast(VectorWidth.LONG, -1L).intoArray(words, reach);
      int to = reach + LONGS;
      for (int split = at; split < at + 2 * splits; split += 2) {
        LongVector here = mask(words, reach, program, split);
        LongVector right = mask(words, start, program, split + 1);
        here.lanewise(VectorOperators.AND_NOT, right).intoArray(words, to);
        here.and(right).intoArray(words, to + LONGS);
        to += 2 * LONGS;
      }
    }
  }

  /** ORs the reach of the nodes that each plane lists. */
  static final class ReachedLeaves extends WideLoop {
    private final int[] program;
    private final int at;
    private final int reachAt;
    private final int to;

    ReachedLeaves(int[] program, int at, int reachAt, int to) {
      this.program = program;
      this.at = at;
      this.reachAt = reachAt;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int reach = memory.start + reachAt;
      int planes = memory.start + to;
      int next = at;
      for (int plane = 0; plane < WideMemory.PLANES; plane++) {
        int end = next + 1 + program[next];
        LongVector bits = LongVector.zero(VectorWidth.LONG);
        for (next++; next < end; next++) {
          bits = bits.or(mask(words, reach, program, next));
        }

        bits.intoArray(words, planes + plane * LONGS);
      }
    }
  }
}
