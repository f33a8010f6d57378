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

  /**
   * Swaps bits between vectors at a distance, which is one step of the transposition of bits in
   * each lane.
   */
  static final class Swap extends WideLoop {

    private final int from;
    private final int vectors;
    private final int distance;
    private final long mask;

    Swap(int from, int vectors, int distance, long mask) {
      this.from = from;
      this.vectors = vectors;
      this.distance = distance;
      this.mask = mask;
    }

    @Override
    void run(WideMemory memory) {
      long[] words = memory.words;
      int first = memory.start + from;
      int partner = distance * LONGS;
      int place = 0;
      for (int pair = 0; pair < vectors / 2; pair++) {
        int at = first + place;
        LongVector low = LongVector.fromArray(VectorWidth.LONG, words, at);
        LongVector high = LongVector.fromArray(VectorWidth.LONG, words, at + partner);
        LongVector swapped =
            low.lanewise(VectorOperators.LSHR, distance)
                .lanewise(VectorOperators.XOR, high)
                .and(mask);
        high.lanewise(VectorOperators.XOR, swapped).intoArray(words, at + partner);
        low.lanewise(VectorOperators.XOR, swapped.lanewise(VectorOperators.LSHL, distance))
            .intoArray(words, at);
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
      long[] words = memory.words;
      int start = memory.start;
      LongVector missing = LongVector.fromArray(VectorWidth.LONG, words, start + missingAt);
      for (int at = start; at < start + count * LONGS; at += LONGS) {
        LongVector.fromArray(VectorWidth.LONG, words, from + at)
            .or(missing)
            .intoArray(words, to + at);
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
      long[] words = memory.words;
      int planes = memory.start + planeAt;
      int digits = memory.start + to;
      LongVector low = LongVector.fromArray(VectorWidth.LONG, words, planes);
      LongVector high = LongVector.fromArray(VectorWidth.LONG, words, planes + LONGS);
      LongVector both = low.and(high);
      LongVector either = low.or(high);
      either.lanewise(VectorOperators.NOT).intoArray(words, digits);
      low.lanewise(VectorOperators.XOR, both).intoArray(words, digits + LONGS);
      high.lanewise(VectorOperators.XOR, both).intoArray(words, digits + 2 * LONGS);
      both.intoArray(words, digits + 3 * LONGS);
      either.intoArray(words, digits + 4 * LONGS);
      high.intoArray(words, digits + 5 * LONGS);
      both.intoArray(words, digits + 6 * LONGS);
      LongVector.zero(VectorWidth.LONG).intoArray(words, digits + 7 * LONGS);
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
      long[] words = memory.words;
      int start = memory.start;
      int result = start + to;
      int above = 4 * lows * LONGS;
      int lowEnd = start + low + lows * LONGS;
      for (int value = start + high; value < start + high + 4 * LONGS; value += LONGS) {
        LongVector isEqual = LongVector.fromArray(VectorWidth.LONG, words, value);
        LongVector isAbove = LongVector.fromArray(VectorWidth.LONG, words, value + 4 * LONGS);
        for (int at = start + low; at < lowEnd; at += LONGS) {
          isEqual.and(LongVector.fromArray(VectorWidth.LONG, words, at)).intoArray(words, result);
          isEqual
              .and(LongVector.fromArray(VectorWidth.LONG, words, at + lows * LONGS))
              .or(isAbove)
              .intoArray(words, result + above);
          result += LONGS;
        }
      }
    }
  }

  /**
   * Writes the masks of one feature and side: which rows have a rank above 0, 1, and so on. The
   * high digit has some of its values in use, the low one 16. The rows of another plane, such as
   * the missing ones, go right as well.
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
      long[] words = memory.words;
      int start = memory.start;
      LongVector missing = LongVector.fromArray(VectorWidth.LONG, words, start + missingAt);
      int above = values * LONGS;
      int lows = start + low + 16 * LONGS;
      int at = start + to;
      for (int value = start + high; value < start + high + highs * LONGS; value += LONGS) {
        LongVector isEqual = LongVector.fromArray(VectorWidth.LONG, words, value);
        LongVector isAbove =
            LongVector.fromArray(VectorWidth.LONG, words, value + above).or(missing);
        for (int digit = 0; digit < 16 * LONGS; digit += LONGS) {
          isEqual
              .and(LongVector.fromArray(VectorWidth.LONG, words, lows + digit))
              .or(isAbove)
              .intoArray(words, at + digit);
        }

        at += 16 * LONGS;
      }
    }
  }
}
