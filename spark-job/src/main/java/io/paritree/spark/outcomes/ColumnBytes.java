package io.paritree.spark.outcomes;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Numbers of a column in few bytes: a byte that says how they are written, and
 *
 * <pre>
 *   FEW     count of different numbers (4 bytes), these numbers (8 bytes each), the place of each
 *           (1 byte; nothing if only one number is different)
 *   FLOATS  the numbers, which are the bits of doubles that are floats (4 bytes each)
 *   ALL     the numbers (8 bytes each)
 * </pre>
 */
final class ColumnBytes {
  private static final byte FEW = 0;
  private static final byte FLOATS = 1;
  private static final byte ALL = 2;
  private static final int MOST = 256;

  private ColumnBytes() {}

  /** Different numbers: a table with open addressing. */
  private static final class Different {
    private final long[] numbers = new long[4 * MOST];
    private final short[] places = new short[numbers.length]; // from 1
    private final long[] inOrder = new long[MOST];
    private int size;

    /** Returns the place of a number, from 0; -1 if there are too many. */
    int place(long number) {
      int mask = numbers.length - 1;
      int at = (int) (number * 0x9e3779b97f4a7c15L >>> Integer.SIZE) & mask;
      while (places[at] != 0 && numbers[at] != number) {
        at = at + 1 & mask;
      }

      if (places[at] == 0 && size == MOST) {
        return -1;
      } else if (places[at] == 0) {
        numbers[at] = number;
        inOrder[size++] = number;
        places[at] = (short) size;
      }

      return places[at] - 1;
    }
  }

  static byte[] ofDoubles(double[] numbers) {
    return of(Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray());
  }

  static byte[] of(int[] numbers) {
    return of(Arrays.stream(numbers).asLongStream().toArray());
  }

  static byte[] of(long[] numbers) {
    Different different = new Different();
    byte[] places = new byte[numbers.length];
    int known = 0;
    while (known < numbers.length) {
      int place = different.place(numbers[known]);
      if (place < 0) {
        return areFloats(numbers) ? floats(numbers) : all(numbers);
      }

      places[known++] = (byte) place;
    }

    int size = different.size;
    ByteBuffer bytes =
        ByteBuffer.allocate(
            1 + Integer.BYTES + Long.BYTES * size + (size == 1 ? 0 : numbers.length));
    bytes.put(FEW).putInt(size);
    for (int place = 0; place < size; place++) {
      bytes.putLong(different.inOrder[place]);
    }

    return (size == 1 ? bytes : bytes.put(places)).array();
  }

  private static boolean areFloats(long[] numbers) {
    for (long bits : numbers) {
      if (Double.doubleToRawLongBits((float) Double.longBitsToDouble(bits)) != bits) {
        return false;
      }
    }

    return true;
  }

  private static byte[] floats(long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(1 + Float.BYTES * numbers.length).put(FLOATS);
    for (long bits : numbers) {
      bytes.putFloat((float) Double.longBitsToDouble(bits));
    }

    return bytes.array();
  }

  private static byte[] all(long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(1 + Long.BYTES * numbers.length).put(ALL);
    bytes.asLongBuffer().put(numbers);
    return bytes.array();
  }

  /** Returns so many numbers. */
  static long[] longs(byte[] column, int size) {
    long[] numbers = new long[size];
    ByteBuffer bytes = ByteBuffer.wrap(column);
    switch (bytes.get()) {
      case FEW -> {
        long[] different = new long[bytes.getInt()];
        Arrays.setAll(different, place -> bytes.getLong());
        for (int at = 0; at < size; at++) {
          numbers[at] = different[different.length == 1 ? 0 : bytes.get() & 0xff];
        }
      }
      case FLOATS -> {
        for (int at = 0; at < size; at++) {
          numbers[at] = Double.doubleToRawLongBits(bytes.getFloat());
        }
      }
      default -> bytes.asLongBuffer().get(numbers);
    }

    return numbers;
  }

  static double[] doubles(byte[] column, int size) {
    return Arrays.stream(longs(column, size)).mapToDouble(Double::longBitsToDouble).toArray();
  }

  static int[] ints(byte[] column, int size) {
    return Arrays.stream(longs(column, size)).mapToInt(number -> (int) number).toArray();
  }
}
