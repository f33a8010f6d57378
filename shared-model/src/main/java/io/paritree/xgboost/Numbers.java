package io.paritree.xgboost;

import java.util.Arrays;

/**
 * Lists of numbers whose length is not known in advance, each in an array that grows by half if
 * more numbers are added than expected.
 */
final class Numbers {
  private static final int FIRST = 16;

  private Numbers() {}

  static final class Floats {
    private float[] values;
    private int size;

    Floats(int expected) {
      values = new float[Math.max(FIRST, expected)];
    }

    void add(float value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    float[] toArray() {
      return size == values.length ? values : Arrays.copyOf(values, size);
    }
  }

  static final class Longs {
    private long[] values;
    private int size;

    Longs(int expected) {
      values = new long[Math.max(FIRST, expected)];
    }

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    long[] toArray() {
      return size == values.length ? values : Arrays.copyOf(values, size);
    }
  }

  static final class Ints {
    private int[] values;
    private int size;

    Ints(int expected) {
      values = new int[Math.max(FIRST, expected)];
    }

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    int[] toArray() {
      return size == values.length ? values : Arrays.copyOf(values, size);
    }
  }

  static final class Bytes {
    private byte[] values;
    private int size;

    Bytes(int expected) {
      values = new byte[Math.max(FIRST, expected)];
    }

    void add(byte value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    byte[] toArray() {
      return size == values.length ? values : Arrays.copyOf(values, size);
    }
  }

  private static int grown(int size) {
    return size + (size >> 1);
  }
}
