package io.paritree.forest;

import java.util.Arrays;

/**
 * Scores blocks of 64 rows, bit-sliced: every comparison, and every step down a tree, is done for
 * all rows of the block by one operation on a long.
 *
 * <p>Immutable and thread-safe; built by {@link SlicesBuilder}.
 */
final class Slices {

  /*
   * First the masks: for every distinct test of the forest, a mask says which rows go right; all
   * trees share the masks. Then the trees, in steps of up to eight: each tree is evaluated to
   * planes, its leaf numbers are spread to a byte per row, and the weights of all eight trees are
   * looked up and added row by row, in the order of the trees, so that the sum of a row stays in a
   * register meanwhile.
   *
   * Only trees that add to the same outputs share a step. If leaves are vectors, the leaf numbers
   * of a step are used for all outputs.
   */
  static final int TREES_PER_STEP = WideMemory.TREES;

  private final SplitTests tests;
  private final int buckets;
  private final int maxNodes;

  /**
   * Per tree, in the order of evaluation: its depth if it is a multiplexer; otherwise -1 minus the
   * number of its splits.
   */
  private final int[] shapes;

  private final int[] programs;
  private final int[] programAt;
  private final float[] weights;
  private final int[] weightsAt;

  /**
   * The number of leaves in the table of each tree; this is the distance between the weights of two
   * outputs.
   */
  private final int[] tableSizes;

  /** Per step: its first tree, its first output, and the output after its last one. */
  private final int[] steps;

  private final Forest forest;

  Slices(SlicesBuilder builder) {
    this.tests = builder.tests;
    this.buckets = tests.maxThresholds() + 1;
    this.maxNodes = builder.maxNodes;
    this.shapes = builder.shapes;
    this.programs = builder.programs;
    this.programAt = builder.programAt;
    this.weights = builder.weights;
    this.weightsAt = builder.weightsAt;
    this.tableSizes = builder.tableSizes;
    this.steps = builder.steps;
    this.forest = builder.forest;
  }

  /**
   * Writes the margins of a block.
   *
   * @param margins receives {@code rows * outputs} margins from {@code to} on, row after row
   */
  void score(Block block, Scratch scratch, float[] margins, int to) {
    long[] masks = scratch.masks(tests.size());
    masks[SplitTests.LEFT] = 0;
    int[] ranks = scratch.found(2 * Block.MAX_ROWS);
    long[] empty = scratch.buckets(buckets);
    for (Thresholds column : tests.thresholds) {
      column.write(block, ranks, empty, masks);
    }

    for (CategoryTests column : tests.categories) {
      column.write(block, scratch.square(), masks);
    }

    int outputs = forest.base.length;
    float[] sums = scratch.sums(outputs * Block.MAX_ROWS);
    for (int output = 0; output < outputs; output++) {
      int from = output * Block.MAX_ROWS;
      Arrays.fill(sums, from, from + Block.MAX_ROWS, forest.base[output]);
      for (int row = 0; forest.hasOffsets() && row < block.rows(); row++) {
        int at = block.from() + row * block.rowStride();
        sums[from + LeafPlanes.place(row)] =
            forest.begin(block.slots(), at, block.featureStride(), output);
      }
    }

    addTrees(masks, scratch, sums);

    for (int output = 0; output < outputs; output++) {
      for (int row = 0; row < block.rows(); row++) {
        margins[to + row * outputs + output] =
            sums[output * Block.MAX_ROWS + LeafPlanes.place(row)];
      }
    }
  }

  private void addTrees(long[] masks, Scratch scratch, float[] sums) {
    byte[] numbers = scratch.leafNumbers(TREES_PER_STEP * Block.MAX_ROWS);
    long[] reach = scratch.reach(maxNodes);
    long[] planes = scratch.planes();
    for (int step = 0; step + 3 < steps.length; step += 3) {
      int first = steps[step];
      int end = steps[step + 3];
      for (int tree = first; tree < end; tree++) {
        int shape = shapes[tree];
        if (shape >= 0) {
          Multiplexer.evaluate(masks, programs, programAt[tree], shape, planes);
        } else {
          ReachMasks.evaluate(masks, programs, programAt[tree], -1 - shape, reach, planes);
        }

        LeafPlanes.toNumbers(planes, numbers, (tree - first) * Block.MAX_ROWS);
      }

      for (int output = steps[step + 1]; output < steps[step + 2]; output++) {
        int vector = output - steps[step + 1];
        if (end - first == TREES_PER_STEP) {
          addEight(numbers, first, vector, sums, output * Block.MAX_ROWS);
        } else {
          for (int tree = first; tree < end; tree++) {
            addOne(numbers, first, tree, vector, sums, output * Block.MAX_ROWS);
          }
        }
      }
    }
  }

  private void addEight(byte[] numbers, int first, int vector, float[] sums, int at) {
    float[] weights = this.weights;
    int a = table(first, vector);
    int b = table(first + 1, vector);
    int c = table(first + 2, vector);
    int d = table(first + 3, vector);
    int e = table(first + 4, vector);
    int f = table(first + 5, vector);
    int g = table(first + 6, vector);
    int h = table(first + 7, vector);
    for (int row = 0; row < Block.MAX_ROWS; row++) {
      float sum = sums[at + row];
      sum += weights[a + (numbers[row] & 0xff)];
      sum += weights[b + (numbers[64 + row] & 0xff)];
      sum += weights[c + (numbers[128 + row] & 0xff)];
      sum += weights[d + (numbers[192 + row] & 0xff)];
      sum += weights[e + (numbers[256 + row] & 0xff)];
      sum += weights[f + (numbers[320 + row] & 0xff)];
      sum += weights[g + (numbers[384 + row] & 0xff)];
      sum += weights[h + (numbers[448 + row] & 0xff)];
      sums[at + row] = sum;
    }
  }

  private int table(int tree, int vector) {
    return weightsAt[tree] + vector * tableSizes[tree];
  }

  private void addOne(byte[] numbers, int first, int tree, int vector, float[] sums, int at) {
    int table = table(tree, vector);
    int from = (tree - first) * Block.MAX_ROWS;
    for (int row = 0; row < Block.MAX_ROWS; row++) {
      sums[at + row] += weights[table + (numbers[from + row] & 0xff)];
    }
  }
}
