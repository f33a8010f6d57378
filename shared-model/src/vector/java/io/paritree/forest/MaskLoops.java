package io.paritree.forest;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops by which {@link WideSlices} turn ranks and categories into masks; the rules of {@link
 * RankLoops} hold here.
 */
final class MaskLoops {
  private static final int LONGS = WideMemory.LONGS;

  private MaskLoops() {}

  enum Bits {
    SQUARES,
    PLANES,
    MASKS
  }

  /**
   * Swaps bits between vectors at a distance, which is one step of the transposition of bits in
   * each lane.
   */
  static final class Swap extends WideLoop {

    private final Bits bits;
    private final int from;
    private final int vectors;
    private final int distance;
    private final long mask;

    Swap(Bits bits, int from, int vectors, int distance, long mask) {
      this.bits = bits;
      this.from = from;
      this.vectors = vectors;
      this.distance = distance;
      this.mask = mask;
    }

    @Override
    void run(WideMemory memory) {
      long[] array = bits == Bits.PLANES ? memory.planes : memory.masks;
      if (bits == Bits.SQUARES) {
        array = memory.squares;
      }

      int partner = distance * LONGS;
      int place = 0;
      for (int pair = 0; pair < vectors / 2; pair++) {
        int at = from + place;
        LongVector low = LongVector.fromArray(VectorWidth.LONG, array, at);
        LongVector high = LongVector.fromArray(VectorWidth.LONG, array, at + partner);
        LongVector swapped =
            low.lanewise(VectorOperators.LSHR, distance)
                .lanewise(VectorOperators.XOR, high)
                .and(mask);
        high.lanewise(VectorOperators.XOR, swapped).intoArray(array, at + partner);
        low.lanewise(VectorOperators.XOR, swapped.lanewise(VectorOperators.LSHL, distance))
            .intoArray(array, at);
        place += LONGS;
        place += place & partner; // past the partners
      }
    }
  }

  /** Copies masks, with the missing rows added. */
  static final class AddMissing extends WideLoop {

    private final int from;
    private final int to;
    private final int count;
    private final int missingAt;

    AddMissing(int from, int to, int count, int missingAt) {
      this.from = from;
      this.to = to;
      this.count = count;
      this.missingAt = missingAt;
    }

    @Override
    void run(WideMemory memory) {
      long[] masks = memory.masks;
      LongVector missing = LongVector.fromArray(VectorWidth.LONG, masks, missingAt);
      for (int at = 0; at < count * LONGS; at += LONGS) {
        LongVector.fromArray(VectorWidth.LONG, masks, from + at)
            .or(missing)
            .intoArray(masks, to + at);
      }
    }
  }

  /**
   * Finds which rows have a digit of two planes equal to 0 to 3, and then, which have it above 0 to
   * 3.
   */
  static final class Digit extends WideLoop {
    private final int planeAt;
    private final int to;

    Digit(int planeAt, int to) {
      this.planeAt = planeAt;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] digits = memory.digits;
      LongVector low = LongVector.fromArray(VectorWidth.LONG, memory.squares, planeAt);
      LongVector high = LongVector.fromArray(VectorWidth.LONG, memory.squares, planeAt + LONGS);
      LongVector both = low.and(high);
      LongVector either = low.or(high);
      either.lanewise(VectorOperators.NOT).intoArray(digits, to);
      low.lanewise(VectorOperators.XOR, both).intoArray(digits, to + LONGS);
      high.lanewise(VectorOperators.XOR, both).intoArray(digits, to + 2 * LONGS);
      both.intoArray(digits, to + 3 * LONGS);
      either.intoArray(digits, to + 4 * LONGS);
      high.intoArray(digits, to + 5 * LONGS);
      both.intoArray(digits, to + 6 * LONGS);
      LongVector.zero(VectorWidth.LONG).intoArray(digits, to + 7 * LONGS);
    }
  }

  /**
   * Joins a high digit of 4 values with a low one: first which rows equal each value, then which
   * are above it.
   */
  static final class Join extends WideLoop {
    private final int high;
    private final int low;
    private final int lows;
    private final int to;

    Join(int high, int low, int lows, int to) {
      this.high = high;
      this.low = low;
      this.lows = lows;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] digits = memory.digits;
      int result = to;
      int above = 4 * lows * LONGS;
      int lowEnd = low + lows * LONGS;
      for (int value = high; value < high + 4 * LONGS; value += LONGS) {
        LongVector isEqual = LongVector.fromArray(VectorWidth.LONG, digits, value);
        LongVector isAbove = LongVector.fromArray(VectorWidth.LONG, digits, value + 4 * LONGS);
        for (int at = low; at < lowEnd; at += LONGS) {
          isEqual.and(LongVector.fromArray(VectorWidth.LONG, digits, at)).intoArray(digits, result);
          isEqual
              .and(LongVector.fromArray(VectorWidth.LONG, digits, at + lows * LONGS))
              .or(isAbove)
              .intoArray(digits, result + above);
          result += LONGS;
        }
      }
    }
  }

  /**
   * Writes the masks of one feature and side: which rows have a rank above 0, 1, and so on. The
   * high digit has some of its values in use, the low one 16. Missing rows, if a plane is given, go
   * right.
   */
  static final class Masks extends WideLoop {
    private final int high;
    private final int values;
    private final int highs;
    private final int low;
    private final int missingAt;
    private final int to;

    Masks(int high, int values, int highs, int low, int missingAt, int to) {
      this.high = high;
      this.values = values;
      this.highs = highs;
      this.low = low;
      this.missingAt = missingAt;
      this.to = to;
    }

    @Override
    void run(WideMemory memory) {
      long[] digits = memory.digits;
      long[] masks = memory.masks;
      LongVector missing =
          LongVector.fromArray(
              VectorWidth.LONG, missingAt < 0 ? masks : memory.squares, Math.max(0, missingAt));
      int above = values * LONGS;
      int at = to;
      for (int value = high; value < high + highs * LONGS; value += LONGS) {
        LongVector isEqual = LongVector.fromArray(VectorWidth.LONG, digits, value);
        LongVector isAbove =
            LongVector.fromArray(VectorWidth.LONG, digits, value + above).or(missing);
        for (int digit = 0; digit < 16 * LONGS; digit += LONGS) {
          isEqual
              .and(LongVector.fromArray(VectorWidth.LONG, digits, low + 16 * LONGS + digit))
              .or(isAbove)
              .intoArray(masks, at + digit);
        }

        at += 16 * LONGS;
      }
    }
  }
}
