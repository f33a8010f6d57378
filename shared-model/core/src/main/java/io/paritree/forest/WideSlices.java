package io.paritree.forest;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Scores blocks of 256 or 512 rows as {@link Slices} scores 64, with the JDK's vectors: a row per
 * bit (see {@link VectorWidth}).
 *
 * <p>The forest is a program of loops, each over all rows. Immutable and thread-safe; built by
 * {@link WideSlicesBuilder}.
 */
final class WideSlices {

  /*
   * First the loops that find the ranks of each feature and pack them into squares (a byte of each
   * row), then one transposition of all squares to planes, then the loops that make masks of the
   * planes, and last the loops of the trees. The rows are in another order in planes and masks, see
   * row(), so that nothing need be moved between the lanes of a vector.
   */

  private static final int ROWS = WideMemory.ROWS;
  private static final int LONGS = WideMemory.LONGS;

  /** Rows that stay in the fastest cache until all their features are copied. */
  private static final int ROWS_AT_ONCE = 64;

  private final Forest forest;
  private final int missing;
  private final int words;
  private final int masksAt;
  private final WideLoop[] loops;

  /** The features that splits test. */
  private final int[] tested;

  WideSlices(WideSlicesBuilder builder) {
    this.forest = builder.layout.forest;
    this.missing = (builder.features + 31) / 32 * ROWS;
    this.words = builder.words;
    this.masksAt = builder.masksAt;
    this.tested =
        IntStream.concat(
                Arrays.stream(builder.layout.tests.thresholds).mapToInt(Thresholds::feature),
                Arrays.stream(builder.layout.tests.categories).mapToInt(CategoryTests::feature))
            .distinct()
            .toArray();
    this.loops = builder.loops.toArray(new WideLoop[0]);
  }

  /** Returns the row of a bit of a mask. */
  static int row(int bit) {
    int lane = bit >> 6 << 1 | bit >> 5 & 1;
    return ((bit & 7) << 2 | bit >> 3 & 3) * VectorWidth.LANES + lane;
  }

  /** Returns the number of margins of a row. */
  int outputs() {
    return forest.base.length;
  }

  /**
   * Writes the margins of a block.
   *
   * @param block at most {@link WideMemory#ROWS} rows
   * @param margins receives {@code rows * outputs} margins from {@code to} on, row after row
   */
  void score(Block block, Scratch scratch, float[] margins, int to) {
    WideMemory memory = scratch.wide();
    memory.makeRoom(words);
    LineStart.find(memory);
    prepare(block, memory);
    for (WideLoop loop : loops) {
      loop.run(memory);
    }

    memory.slots = null; // the caller's
    int outputs = forest.base.length;
    for (int output = 0; output < outputs; output++) {
      for (int row = 0; row < block.rows(); row++) {
        margins[to + row * outputs + output] = memory.sums[output * ROWS + row];
      }
    }
  }

  private void prepare(Block block, WideMemory memory) {
    memory.missing = WideMemory.atLeast(memory.missing, missing);
    memory.sums = WideMemory.atLeast(memory.sums, forest.base.length * ROWS);
    Arrays.fill(memory.missing, 0, missing, 0);
    int empty = memory.start + masksAt;
    Arrays.fill(memory.words, empty, empty + LONGS, 0);
    begin(block, memory.sums);
    if (block.rows() == ROWS && block.rowStride() == 1) {
      memory.block(block.slots(), ROWS, block.from(), block.featureStride());
    } else {
      copy(block, memory);
    }
  }

  private void begin(Block block, float[] sums) {
    for (int output = 0; output < forest.base.length; output++) {
      int to = output * ROWS;
      Arrays.fill(sums, to, to + ROWS, forest.base[output]);
      for (int row = 0; forest.hasOffsets() && row < block.rows(); row++) {
        int at = block.from() + row * block.rowStride();
        sums[to + row] = forest.begin(block.slots(), at, block.featureStride(), output);
      }
    }
  }

  /**
   * Copies the features that splits test, column after column; the rows that the block lacks are 0.
   */
  private void copy(Block block, WideMemory memory) {
    float[] columns = WideMemory.atLeast(memory.columns, forest.width * ROWS);
    memory.columns = columns;
    for (int first = 0; first < block.rows(); first += ROWS_AT_ONCE) {
      Block part = block.part(first, Math.min(ROWS_AT_ONCE, block.rows() - first));
      for (int feature : tested) {
        copy(part, feature, columns, feature * ROWS + first);
      }
    }

    for (int feature : tested) {
      Arrays.fill(columns, feature * ROWS + block.rows(), (feature + 1) * ROWS, 0f);
    }

    memory.block(columns, block.rows(), 0, ROWS);
  }

  private static void copy(Block block, int feature, float[] columns, int to) {
    float[] slots = block.slots();
    int rows = block.rows();
    int stride = block.rowStride();
    int from = block.from() + feature * block.featureStride();
    for (int row = 0; row < rows; row++) {
      columns[to + row] = slots[from + row * stride];
    }
  }

  /** Returns a whole block of some numbers. */
  Block exampleBlock() {
    float[] slots = new float[forest.width * ROWS];
    Random random = new Random(1);
    for (int at = 0; at < slots.length; at++) {
      slots[at] = random.nextInt(16) == 0 ? Float.NaN : (float) random.nextGaussian();
    }

    return new Block(slots, 0, forest.width, 1, ROWS);
  }

  /**
   * Runs one loop of each kind in turn, so that all kinds are compiled before long.
   *
   * @param time after which it gives up
   */
  void warmUp(Block block, Scratch scratch, int turns, TrialTime time) {
    WideMemory memory = scratch.wide();
    memory.makeRoom(words);
    prepare(block, memory);
    Map<Class<?>, List<WideLoop>> kinds =
        Stream.concat(Arrays.stream(loops), Stream.of(LineStart.ofFewWords()))
            .collect(Collectors.groupingBy(Object::getClass));
    for (int turn = 0; turn < turns && !time.isOver(); turn++) {
      for (List<WideLoop> kind : kinds.values()) {
        memory.clearIndices();
        kind.get(turn % kind.size()).run(memory);
      }
    }

    memory.slots = null;
  }
}
