package io.paritree.forest;

/**
 * A tree of depth up to 8 as a multiplexer of masks: 64 rows go down at the same time.
 *
 * <p>Bit r of the path word of level k says whether the step of row r there differs from the one
 * before (see {@link #code}); above the root it is a left step. It is chosen among the 2^k masks of
 * the level by the path words of the levels above: {@code (a | p) ^ (b & p)} is the complement of b
 * where the bit of p is set, otherwise a. Complements are what codes need: after a right step, a
 * step that differs is a left one. Two operations wait for each other in this form, three in that
 * of a plain choice, and a CPU with AVX-512 does it in one. A tree with early leaves is filled up
 * to a full one.
 */
final class Multiplexer {
  static final int MAX_DEPTH = 8;

  private static final int SMALL_DEPTH = 3;

  private Multiplexer() {}

  /** Returns the number of ints of a program for a tree of this depth. */
  static int size(int depth) {
    return (1 << depth) - 1;
  }

  /**
   * Returns the code of a path: for each step, whether it differs from the one before.
   *
   * @param path the steps from the root to a node, right is 1
   */
  static int code(int path) {
    return path ^ path >> 1;
  }

  /**
   * Returns the place in the program of the test of a node. The levels are stored one after the
   * other, the nodes of a level by the code of their path from the root. The first step of the path
   * is the highest bit; but from level 3 on, the first three steps are the lowest bits, so that the
   * eight nodes whose codes differ only in these are stored together.
   *
   * @param code the {@link #code} of the path to the node
   */
  static int place(int level, int code) {
    int first = (1 << level) - 1;
    if (level < SMALL_DEPTH) {
      return first + code;
    }

    int below = level - SMALL_DEPTH;
    int prefix = code >> below;
    int suffix = code & (1 << below) - 1;
    return first + (suffix << SMALL_DEPTH) + prefix;
  }

  /**
   * Evaluates a tree.
   *
   * @param program the tests of the tree from {@code at} on, see {@link #place}
   * @param planes receives the path words as the planes of the leaf's path; plane 0 is the last
   *     step
   */
  static void evaluate(long[] masks, int[] program, int at, int depth, long[] planes) {
    for (int plane = depth; plane < LeafPlanes.PLANES; plane++) {
      planes[plane] = 0;
    }

    if (depth == 0) {
      return;
    }

    long p0 = masks[program[at]];
    planes[depth - 1] = p0;
    if (depth == 1) {
      return;
    }

    long p1 = choose(masks[program[at + 1]], masks[program[at + 2]], p0);
    planes[depth - 2] = p1;
    if (depth == 2) {
      return;
    }

    long p2 =
        choose(
            choose(masks[program[at + 3]], masks[program[at + 5]], p0),
            choose(masks[program[at + 4]], masks[program[at + 6]], p0),
            p1);
    planes[depth - 3] = p2;
    if (depth == 3) {
      return;
    }

    long p3 = eight(masks, program, at + 7, p0, p1, p2);
    planes[depth - 4] = p3;
    if (depth == 4) {
      return;
    }

    long p4 =
        choose(
            eight(masks, program, at + 15, p0, p1, p2),
            eight(masks, program, at + 23, p0, p1, p2),
            p3);
    planes[depth - 5] = p4;
    if (depth == 5) {
      return;
    }

    long p5 = fourTimesEight(masks, program, at + 31, p0, p1, p2, p3, p4);
    planes[depth - 6] = p5;
    if (depth == 6) {
      return;
    }

    long p6 =
        choose(
            choose(
                choose(
                    eight(masks, program, at + 63, p0, p1, p2),
                    eight(masks, program, at + 95, p0, p1, p2),
                    p3),
                choose(
                    eight(masks, program, at + 79, p0, p1, p2),
                    eight(masks, program, at + 111, p0, p1, p2),
                    p3),
                p4),
            choose(
                choose(
                    eight(masks, program, at + 71, p0, p1, p2),
                    eight(masks, program, at + 103, p0, p1, p2),
                    p3),
                choose(
                    eight(masks, program, at + 87, p0, p1, p2),
                    eight(masks, program, at + 119, p0, p1, p2),
                    p3),
                p4),
            p5);
    planes[depth - 7] = p6;
    if (depth == 7) {
      return;
    }

    planes[0] = lastLevel(masks, program, at + 127, p0, p1, p2, p3, p4, p5, p6);
  }

  private static long choose(long left, long right, long path) {
    return (left | path) ^ (right & path);
  }

  private static long eight(long[] masks, int[] program, int at, long p0, long p1, long p2) {
    long a = choose(masks[program[at]], masks[program[at + 4]], p0);
    long b = choose(masks[program[at + 1]], masks[program[at + 5]], p0);
    long c = choose(masks[program[at + 2]], masks[program[at + 6]], p0);
    long d = choose(masks[program[at + 3]], masks[program[at + 7]], p0);
    return choose(choose(a, c, p1), choose(b, d, p1), p2);
  }

  private static long fourTimesEight(
      long[] masks, int[] program, int at, long p0, long p1, long p2, long p3, long p4) {
    return choose(
        choose(
            eight(masks, program, at, p0, p1, p2), eight(masks, program, at + 16, p0, p1, p2), p3),
        choose(
            eight(masks, program, at + 8, p0, p1, p2),
            eight(masks, program, at + 24, p0, p1, p2),
            p3),
        p4);
  }

  /** Evaluates level 7. The suffix of a path is p3 to p6; its two lowest bits are p5 and p6. */
  private static long lastLevel(
      long[] masks,
      int[] program,
      int at,
      long p0,
      long p1,
      long p2,
      long p3,
      long p4,
      long p5,
      long p6) {
    long a = everyFourth(masks, program, at, p0, p1, p2, p3, p4);
    long b = everyFourth(masks, program, at + 8, p0, p1, p2, p3, p4);
    long c = everyFourth(masks, program, at + 16, p0, p1, p2, p3, p4);
    long d = everyFourth(masks, program, at + 24, p0, p1, p2, p3, p4);
    return choose(choose(a, c, p5), choose(b, d, p5), p6);
  }

  private static long everyFourth(
      long[] masks, int[] program, int at, long p0, long p1, long p2, long p3, long p4) {
    return choose(
        choose(
            eight(masks, program, at, p0, p1, p2), eight(masks, program, at + 64, p0, p1, p2), p3),
        choose(
            eight(masks, program, at + 32, p0, p1, p2),
            eight(masks, program, at + 96, p0, p1, p2),
            p3),
        p4);
  }
}
