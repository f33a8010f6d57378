package io.paritree.forest;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops by which {@link WideSlices} turn slots into ranks, in vectors of {@link
 * VectorWidth#BITS} bits: 8 or 16 ints or floats, or a bit of each row. Offsets are in elements of
 * the arrays.
 *
 * <p>Compiled apart from most classes, since it needs a module that a JVM has only if it was
 * started with {@code --add-modules jdk.incubator.vector}. It may be used only if {@link WideGate}
 * says so; that holds for {@link MaskLoops} and {@link TreeLoops} as well.
 */
final class RankLoops {

  /*
   * The compiler keeps vectors in registers only inside of one method of up to about 30 vector
   * operations; beyond, each operation allocates. If it inlined several loops into their caller,
   * they would be one such method. It does not do so as each loop is an object, and they all run
   * from the same call.
   */
  private static final VectorSpecies<Integer> INT = VectorWidth.INT;

  private static final VectorSpecies<Float> FLOAT = VectorWidth.FLOAT;

  /**
   * Added to a float below 2^22, it leaves the nearest whole number in the lowest bits. A sum with
   * a larger float has bits that are larger, and with a very low one bits that are smaller, as an
   * int.
   */
  static final float ROUNDING = 0x1.8p23f;

  private static final int POSITIVE_INFINITY_BITS = 0x7f800000;
  private static final int LONGS = WideMemory.LONGS;
  private static final int LANES = VectorWidth.LANES;

  private RankLoops() {}

  /**
   * Finds the key of each slot, the lowest int if it is missing, and its cell on a linear scale.
   * Sets a bit for missing slots.
   */
  static final class CellsOfValues extends WideLoop {
    private final int feature;
    private final float low;
    private final float scale;
    private final int lastCell;
    private final int missingAt;
    private final int bit;

    CellsOfValues(int feature, float low, float scale, int lastCell, int missingAt, int bit) {
      this.feature = feature;
      this.low = low;
      this.scale = scale;
      this.lastCell = lastCell;
      this.missingAt = missingAt;
      this.bit = bit;
    }

    @Override
    void run(WideMemory memory) {
      int rows = memory.rows;
      float[] slots = memory.slots;
      int from = memory.from + feature * memory.featureStride;
      int[] keys = memory.keys;
      int[] cells = memory.cells;
      int[] missing = memory.missing;
      int first = Float.floatToRawIntBits(ROUNDING);
      int last = first + lastCell;
      for (int row = 0; row < rows; row += LANES) {
        FloatVector values = FloatVector.fromArray(FLOAT, slots, from + row);
        IntVector bits = values.reinterpretAsInts();
        IntVector isMissing =
            IntVector.broadcast(INT, POSITIVE_INFINITY_BITS)
                .sub(bits.and(Integer.MAX_VALUE))
                .lanewise(VectorOperators.ASHR, 31);
        IntVector key =
            bits.lanewise(
                    VectorOperators.XOR,
                    bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1))
                .lanewise(VectorOperators.AND_NOT, isMissing)
                .or(isMissing.lanewise(VectorOperators.LSHL, 31));
        key.intoArray(keys, row);
        values
            .sub(low)
            .mul(scale)
            .add(ROUNDING)
            .reinterpretAsInts()
            .max(first)
            .min(last)
            .sub(first)
            .lanewise(VectorOperators.AND_NOT, isMissing)
            .intoArray(cells, row);
        IntVector.fromArray(INT, missing, missingAt + row)
            .or(isMissing.and(bit))
            .intoArray(missing, missingAt + row);
      }
    }
  }

  /** The same with cells that are linear in the key. */
  static final class CellsOfKeys extends WideLoop {
    private final int feature;
    private final int lowKey;
    private final int highKey;
    private final int shift;
    private final int missingAt;
    private final int bit;

    CellsOfKeys(int feature, int lowKey, int highKey, int shift, int missingAt, int bit) {
      this.feature = feature;
      this.lowKey = lowKey;
      this.highKey = highKey;
      this.shift = shift;
      this.missingAt = missingAt;
      this.bit = bit;
    }

    @Override
    void run(WideMemory memory) {
      int rows = memory.rows;
      float[] slots = memory.slots;
      int from = memory.from + feature * memory.featureStride;
      int[] keys = memory.keys;
      int[] cells = memory.cells;
      int[] missing = memory.missing;
      for (int row = 0; row < rows; row += LANES) {
        IntVector bits = FloatVector.fromArray(FLOAT, slots, from + row).reinterpretAsInts();
        IntVector isMissing =
            IntVector.broadcast(INT, POSITIVE_INFINITY_BITS)
                .sub(bits.and(Integer.MAX_VALUE))
                .lanewise(VectorOperators.ASHR, 31);
        IntVector key =
            bits.lanewise(
                    VectorOperators.XOR,
                    bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1))
                .lanewise(VectorOperators.AND_NOT, isMissing)
                .or(isMissing.lanewise(VectorOperators.LSHL, 31));
        key.intoArray(keys, row);
        key.max(lowKey)
            .min(highKey)
            .sub(lowKey)
            .lanewise(VectorOperators.LSHR, shift)
            .intoArray(cells, row);
        IntVector.fromArray(INT, missing, missingAt + row)
            .or(isMissing.and(bit))
            .intoArray(missing, missingAt + row);
      }
    }
  }

  /** Finds the number of thresholds in the cells before each row's. */
  static final class FirstOfCells extends WideLoop {
    private final int[] firstOfCell;

    FirstOfCells(int[] firstOfCell) {
      this.firstOfCell = firstOfCell;
    }

    @Override
    void run(WideMemory memory) {
      int rows = memory.rows;
      int[] cells = memory.cells;
      int[] ranks = memory.ranks;
      for (int row = 0; row < rows; row += LANES) {
        IntVector.fromArray(INT, firstOfCell, 0, cells, row).intoArray(ranks, row);
      }
    }
  }

  /** Adds the step to the rank of each row whose key is at or above the threshold there. */
  static final class Search extends WideLoop {
    private final int[] thresholds;
    private final int step;

    Search(int[] thresholds, int step) {
      this.thresholds = thresholds;
      this.step = step;
    }

    @Override
    void run(WideMemory memory) {
      int rows = memory.rows;
      int[] keys = memory.keys;
      int[] ranks = memory.ranks;
      for (int row = 0; row < rows; row += LANES) {
        IntVector rank = IntVector.fromArray(INT, ranks, row);
        VectorMask<Integer> isAtOrAbove =
            IntVector.fromArray(INT, thresholds, step - 1, ranks, row)
                .compare(VectorOperators.LE, IntVector.fromArray(INT, keys, row));
        rank.blend(rank.add(step), isAtOrAbove).intoArray(ranks, row);
      }
    }
  }

  /**
   * Packs a byte of an int of each row into a square; {@link WideSlices#row} says in which order.
   */
  static final class Pack extends WideLoop {
    private final boolean ofMissing;
    private final int from;
    private final int shift;
    private final int to;

    Pack(boolean ofMissing, int from, int shift, int to) {
      this.ofMissing = ofMissing;
      this.from = from;
      this.shift = shift;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      int[] ints = ofMissing ? memory.missing : memory.ranks;
      long[] words = memory.words;
      int first = memory.start + to;
      int groups = memory.rows / WideMemory.GROUP;
      for (int group = 0; group < groups; group++) {
        int at = from + WideMemory.GROUP * group;
        IntVector.fromArray(INT, ints, at)
            .lanewise(VectorOperators.LSHR, shift)
            .and(0xff)
            .or(
                IntVector.fromArray(INT, ints, at + LANES)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(0xff)
                    .lanewise(VectorOperators.LSHL, 8))
            .or(
                IntVector.fromArray(INT, ints, at + 2 * LANES)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(0xff)
                    .lanewise(VectorOperators.LSHL, 16))
            .or(
                IntVector.fromArray(INT, ints, at + 3 * LANES)
                    .lanewise(VectorOperators.LSHR, shift)
                    .lanewise(VectorOperators.LSHL, 24))
            .reinterpretAsLongs()
            .intoArray(words, first + group * LONGS);
      }
    }
  }
}
