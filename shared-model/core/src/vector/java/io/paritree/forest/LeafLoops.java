package io.paritree.forest;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * The loops by which {@link WideSlices} turn leaf numbers into sums of weights; the rules of {@link
 * RankLoops} hold here.
 *
 * <p>Weights are gathered, or, where the CPU permutes bytes, looked up byte by byte: leaf numbers
 * are bytes, and 64 of them choose among 64 bytes of a table in one step. So a weight is four
 * permutes, whose results are then woven to floats.
 */
final class LeafLoops {
  private static final int LONGS = WideMemory.LONGS;
  private static final int SQUARE = WideMemory.SQUARE;
  private static final int ROWS = WideMemory.ROWS;
  private static final int LANES = VectorWidth.LANES;

  private static final int GROUP = WideMemory.GROUP;

  /** Leaves that one permute chooses among. */
  static final int PERMUTED = 64;

  private static final int LOWER_HALVES = 0x0000ffff;
  private static final int EVEN_BYTES = 0x00ff00ff;

  private LeafLoops() {}

  /** Unpacks the leaf numbers of trees, which {@link RankLoops.Pack} would pack, to ints. */
  static final class Unpack extends WideLoop {
    private final int trees;

    Unpack(int trees) {
      this.trees = trees;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int[] numbers = memory.numbers;
      int groups = memory.rows / GROUP;
      for (int tree = 0; tree < trees; tree++) {
        for (int group = 0; group < groups; group++) {
          int from = memory.start + tree * SQUARE + group * LONGS;
          int to = tree * ROWS + group * GROUP;
          IntVector packed =
              LongVector.fromArray(VectorWidth.LONG, words, from).reinterpretAsInts();
          packed.and(0xff).intoArray(numbers, to);
          packed.lanewise(VectorOperators.LSHR, 8).and(0xff).intoArray(numbers, to + LANES);
          packed.lanewise(VectorOperators.LSHR, 16).and(0xff).intoArray(numbers, to + 2 * LANES);
          packed.lanewise(VectorOperators.LSHR, 24).intoArray(numbers, to + 3 * LANES);
        }
      }
    }
  }

  /** Adds the weights of trees, each from a place of its own, in their order. */
  static final class AddGathered extends WideLoop {
    private final float[] weights;
    private final int[] tables;
    private final int to;

    AddGathered(float[] weights, int[] tables, int to) {
      this.weights = weights;
      this.tables = tables;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      int[] numbers = memory.numbers;
      float[] sums = memory.sums;
      int rows = memory.rows;
      for (int row = 0; row < rows; row += LANES) {
        FloatVector sum = FloatVector.fromArray(VectorWidth.FLOAT, sums, to + row);
        int from = row;
        for (int table : tables) {
          sum = sum.add(FloatVector.fromArray(VectorWidth.FLOAT, weights, table, numbers, from));
          from += ROWS;
        }

        sum.intoArray(sums, to + row);
      }
    }
  }

  /**
   * Looks up the weights of consecutive trees of up to 64 leaves. A table is the lowest bytes of
   * all weights, the second, the third and the highest ones.
   *
   * <p>The numbers of each tree become its weights, half woven: of four vectors of bytes of the
   * same rows, the bytes of every two vectors are side by side.
   */
  static final class Permute extends WideLoop {
    private final byte[] tables;
    private final int at;
    private final int first;
    private final int trees;

    Permute(byte[] tables, int at, int first, int trees) {
      this.tables = tables;
      this.at = at;
      this.first = first;
      this.trees = trees;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int[] numbers = memory.numbers;
      int groups = memory.rows / GROUP;
      for (int tree = 0; tree < trees; tree++) {
        int table = at + tree * 4 * PERMUTED;
        ByteVector lowest = bytes(tables, table);
        ByteVector second = bytes(tables, table + PERMUTED);
        ByteVector third = bytes(tables, table + 2 * PERMUTED);
        ByteVector highest = bytes(tables, table + 3 * PERMUTED);
        int from = memory.start + (first + tree) * SQUARE;
        int to = (first + tree) * ROWS;
        for (int group = 0; group < groups; group++) {
          VectorShuffle<Byte> places = leaves(words, from).toShuffle();
          IntVector low = lowest.rearrange(places).reinterpretAsInts();
          IntVector high = third.rearrange(places).reinterpretAsInts();
          lowerHalves(low, high).intoArray(numbers, to);
          upperHalves(low, high).intoArray(numbers, to + 2 * LANES);
          low = second.rearrange(places).reinterpretAsInts();
          high = highest.rearrange(places).reinterpretAsInts();
          lowerHalves(low, high).intoArray(numbers, to + LANES);
          upperHalves(low, high).intoArray(numbers, to + 3 * LANES);
          from += LONGS;
          to += GROUP;
        }
      }
    }
  }

  /**
   * Looks up one half of the weights of consecutive trees of up to 256 leaves: the lowest and third
   * bytes, or the second and the highest.
   */
  static final class PermuteMany extends WideLoop {
    private final byte[] tables;
    private final int at;
    private final int first;
    private final int trees;
    private final int half;

    PermuteMany(byte[] tables, int at, int first, int trees, int half) {
      this.tables = tables;
      this.at = at;
      this.first = first;
      this.trees = trees;
      this.half = half;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int[] numbers = memory.numbers;
      int groups = memory.rows / GROUP;
      for (int tree = 0; tree < trees; tree++) {
        int table = at + (4 * tree + half) * 4 * PERMUTED;
        ByteVector a = bytes(tables, table);
        ByteVector b = bytes(tables, table + PERMUTED);
        ByteVector c = bytes(tables, table + 2 * PERMUTED);
        ByteVector d = bytes(tables, table + 3 * PERMUTED);
        ByteVector e = bytes(tables, table + 8 * PERMUTED);
        ByteVector f = bytes(tables, table + 9 * PERMUTED);
        ByteVector g = bytes(tables, table + 10 * PERMUTED);
        ByteVector h = bytes(tables, table + 11 * PERMUTED);
        int from = memory.start + (first + tree) * SQUARE;
        int to = (first + tree) * ROWS + half * LANES;
        for (int group = 0; group < groups; group++) {
          ByteVector leaves = leaves(words, from);
          VectorShuffle<Byte> places = leaves.and((byte) (PERMUTED - 1)).toShuffle();
          VectorMask<Byte> isOdd =
              leaves.and((byte) PERMUTED).compare(VectorOperators.NE, (byte) 0);
          VectorMask<Byte> isUpper = leaves.compare(VectorOperators.LT, (byte) 0);
          IntVector low =
              a.rearrange(places)
                  .blend(b.rearrange(places), isOdd)
                  .blend(c.rearrange(places).blend(d.rearrange(places), isOdd), isUpper)
                  .reinterpretAsInts();
          IntVector high =
              e.rearrange(places)
                  .blend(f.rearrange(places), isOdd)
                  .blend(g.rearrange(places).blend(h.rearrange(places), isOdd), isUpper)
                  .reinterpretAsInts();
          lowerHalves(low, high).intoArray(numbers, to);
          upperHalves(low, high).intoArray(numbers, to + 2 * LANES);
          from += LONGS;
          to += GROUP;
        }
      }
    }
  }

  private static ByteVector bytes(byte[] tables, int at) {
    return ByteVector.fromArray(VectorWidth.BYTE, tables, at);
  }

  private static ByteVector leaves(long[] words, int at) {
    return LongVector.fromArray(VectorWidth.LONG, words, at).reinterpretAsBytes();
  }

  private static IntVector lowerHalves(IntVector low, IntVector high) {
    return low.and(LOWER_HALVES).or(high.lanewise(VectorOperators.LSHL, 16));
  }

  private static IntVector upperHalves(IntVector low, IntVector high) {
    return low.lanewise(VectorOperators.LSHR, 16).or(high.and(~LOWER_HALVES));
  }

  /** Weaves the weights that {@link Permute} has looked up, and adds them in the trees' order. */
  static final class AddWoven extends WideLoop {
    private final int trees;
    private final int to;

    AddWoven(int trees, int to) {
      this.trees = trees;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      int[] numbers = memory.numbers;
      float[] sums = memory.sums;
      int rows = memory.rows;
      for (int row = 0; row < rows; row += 2 * LANES) {
        FloatVector sum = FloatVector.fromArray(VectorWidth.FLOAT, sums, to + row);
        FloatVector next = FloatVector.fromArray(VectorWidth.FLOAT, sums, to + row + LANES);
        int from = row;
        for (int tree = 0; tree < trees; tree++) {
          IntVector even = IntVector.fromArray(VectorWidth.INT, numbers, from);
          IntVector odd = IntVector.fromArray(VectorWidth.INT, numbers, from + LANES);
          sum =
              sum.add(
                  evenBytesOf(even, odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsFloats());
          next =
              next.add(
                  evenBytesOf(even.lanewise(VectorOperators.LSHR, 8), odd).reinterpretAsFloats());
          from += ROWS;
        }

        sum.intoArray(sums, to + row);
        next.intoArray(sums, to + row + LANES);
      }
    }
  }

  /** Returns the even bytes of one vector with the odd bytes of the other. */
  private static IntVector evenBytesOf(IntVector even, IntVector odd) {
    return even.lanewise(VectorOperators.XOR, odd)
        .lanewise(VectorOperators.AND, EVEN_BYTES)
        .lanewise(VectorOperators.XOR, odd);
  }
}
