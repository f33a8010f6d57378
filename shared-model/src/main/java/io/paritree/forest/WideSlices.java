package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Scores blocks of 256 rows as {@link Slices} scores 64, with the JDK's vectors of 256 bits.
 *
 * <p>The forest is a program of loops, each over all rows. Immutable and thread-safe.
 */
final class WideSlices {

  /*
   * First the loops that find the ranks of each feature and pack them into squares (a byte of each
   * row), then one transposition of all squares to planes, then the loops that make masks of the
   * planes, and last those of the trees. The rows are in another order in planes and masks, see
   * row(), so that nothing need be moved between the lanes of a vector.
   */

  /** Each thread has room for as many; more would not stay in a core's own cache. */
  private static final long MAX_MASK_LONGS = 1 << 20;

  private static final int ROWS = WideMemory.ROWS;
  private static final int LONGS = WideMemory.LONGS;
  private static final int SQUARE = WideMemory.SQUARE;

  private final int width;
  private final float[] base;
  private final int squares;
  private final int missing;
  private final int masks;
  private final int digits;
  private final int reach;
  private final WideLoop[] loops;
  private final long bytes;

  private WideSlices(SlicesBuilder layout, int width) {
    this.width = width;
    this.base = layout.base;
    this.reach = layout.maxNodes * LONGS;
    Thresholds[] narrow = layout.tests.thresholds;
    int features = narrow.length;
    int eights = (features + 7) / 8;
    this.missing = (features + 31) / 32 * ROWS;

    List<WideLoop> program = new ArrayList<>();
    List<WideLoop> afterwards = new ArrayList<>();
    int[] maskAt = new int[layout.tests.size()];
    int next = LONGS; // after the mask of test 0, which is empty
    int square = features + eights;
    int maxDigits = 0;
    long tables = 0;
    for (int at = 0; at < features; at++) {
      WideThresholds wide = new WideThresholds(narrow[at].feature(), narrow[at].keys());
      int highSquare = square * SQUARE;
      square += wide.hasHighByte() ? 1 : 0;
      int[] sides = {-1, -1};
      for (int side = 0; side < 2; side++) {
        int test = narrow[at].first(side == 0);
        if (test >= 0) {
          sides[side] = next;
          for (int threshold = 0; threshold < narrow[at].size(); threshold++) {
            maskAt[test + threshold] = next + threshold * LONGS;
          }

          next = Math.addExact(next, wide.longs());
        }
      }

      int missingAt = (features + at / 8) * SQUARE + at % 8 * LONGS;
      tables += wide.addRanks(program, at / 32 * ROWS, 1 << at, at * SQUARE, highSquare);
      wide.addMasks(afterwards, at * SQUARE, highSquare, missingAt, sides[0], sides[1]);
      maxDigits = Math.max(maxDigits, wide.digits());
    }

    for (int eight = 0; eight < eights; eight++) {
      int to = (features + eight) * SQUARE;
      program.add(new RankLoops.Pack(true, eight / 4 * ROWS, eight % 4 * 8, to));
    }

    program.addAll(WideTrees.transposition(MaskLoops.Bits.SQUARES, square));
    program.addAll(afterwards);
    for (CategoryTests column : layout.tests.categories) {
      WideCategories wide = new WideCategories(column.feature(), column.sets());
      int missingAt = next;
      next = Math.addExact(next, LONGS);
      int[] sides = {-1, -1};
      for (int side = 0; side < 2; side++) {
        int test = column.first(side == 0);
        if (test >= 0) {
          sides[side] = next;
          for (int set = 0; set < column.size(); set++) {
            maskAt[test + set] = next + set * LONGS;
          }

          next = Math.addExact(next, wide.longs());
        }
      }

      wide.addMasks(program, sides[0], sides[1], missingAt);
    }

    program.addAll(WideTrees.loops(layout, maskAt));
    this.squares = square * SQUARE;
    this.masks = next;
    this.digits = maxDigits;
    this.loops = program.toArray(new WideLoop[0]);
    this.bytes = tables + 4L * (layout.programs.length + maskAt.length) + 48L * loops.length;
  }

  /**
   * Returns the wide layout of a forest; empty if a feature has too many thresholds, or the masks
   * are too many to be worth their memory.
   */
  static Optional<WideSlices> of(SlicesBuilder layout, int width) {
    SplitTests tests = layout.tests;
    long padding = 32L * tests.thresholds.length + 129L * tests.categories.length;
    return tests.maxThresholds() > WideThresholds.MAX_THRESHOLDS
            || LONGS * (tests.size() + padding) > MAX_MASK_LONGS
        ? Optional.empty()
        : Optional.of(new WideSlices(layout, width));
  }

  /**
   * Returns whether this JVM can run the loops: it has the module, as these loops know it, and the
   * CPU has vectors of 256 bits.
   */
  static boolean isPossible() {
    try {
      return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          && RankLoops.hasWideVectors();
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Returns the row of a bit of a mask. */
  static int row(int bit) {
    return (bit & 7) << 5 | (bit >> 3 & 3) << 3 | bit >> 6 << 1 | bit >> 5 & 1;
  }

  /** Returns the number of margins of a row. */
  int outputs() {
    return base.length;
  }

  /**
   * Writes the margins of a block.
   *
   * @param block at most 256 rows
   * @param margins receives {@code rows * outputs} margins from {@code to} on, row after row
   */
  void score(Block block, Scratch scratch, float[] margins, int to) {
    WideMemory memory = scratch.wide();
    prepare(block, memory);
    for (WideLoop loop : loops) {
      loop.run(memory);
    }

    int outputs = base.length;
    for (int output = 0; output < outputs; output++) {
      for (int row = 0; row < block.rows(); row++) {
        margins[to + row * outputs + output] = memory.sums[output * ROWS + row];
      }
    }
  }

  private void prepare(Block block, WideMemory memory) {
    memory.squares = WideMemory.atLeast(memory.squares, squares);
    memory.digits = WideMemory.atLeast(memory.digits, digits);
    memory.masks = WideMemory.atLeast(memory.masks, masks);
    memory.reach = WideMemory.atLeast(memory.reach, reach);
    memory.missing = WideMemory.atLeast(memory.missing, missing);
    memory.sums = WideMemory.atLeast(memory.sums, base.length * ROWS);
    Arrays.fill(memory.missing, 0, missing, 0);
    Arrays.fill(memory.masks, 0, LONGS, 0);
    for (int output = 0; output < base.length; output++) {
      Arrays.fill(memory.sums, output * ROWS, (output + 1) * ROWS, base[output]);
    }

    if (block.rows() == ROWS) {
      memory.block(block.slots(), block.from(), block.rowStride(), block.featureStride());
    } else {
      pad(block, memory);
    }
  }

  /** Copies a block feature by feature; the rows that it lacks are 0. */
  private void pad(Block block, WideMemory memory) {
    float[] slots = WideMemory.atLeast(memory.padded, width * ROWS);
    memory.padded = slots;
    for (int feature = 0; feature < width; feature++) {
      int from = block.from() + feature * block.featureStride();
      int to = feature * ROWS;
      for (int row = 0; row < block.rows(); row++) {
        slots[to + row] = block.slots()[from + row * block.rowStride()];
      }

      Arrays.fill(slots, to + block.rows(), to + ROWS, 0f);
    }

    memory.block(slots, 0, 1, ROWS);
  }

  /** Returns 256 rows of some numbers. */
  Block exampleBlock() {
    float[] slots = new float[width * ROWS];
    Random random = new Random(1);
    for (int at = 0; at < slots.length; at++) {
      slots[at] = random.nextInt(16) == 0 ? Float.NaN : (float) random.nextGaussian();
    }

    return new Block(slots, 0, width, 1, ROWS);
  }

  /**
   * Runs one loop of each kind in turn, so that all kinds are compiled before long.
   *
   * @param end the {@link System#nanoTime} at which it gives up
   */
  void warmUp(Block block, Scratch scratch, int turns, long end) {
    WideMemory memory = scratch.wide();
    prepare(block, memory);
    Map<Class<?>, List<WideLoop>> kinds =
        Arrays.stream(loops).collect(Collectors.groupingBy(Object::getClass));
    for (int turn = 0; turn < turns && System.nanoTime() < end; turn++) {
      for (List<WideLoop> kind : kinds.values()) {
        memory.clearIndices();
        kind.get(turn % kind.size()).run(memory);
      }
    }
  }

  /** Returns the bytes that this takes, without what it shares with {@link Slices}. */
  long bytes() {
    return bytes;
  }
}
