package io.paritree.xgboost;

import java.util.Arrays;

/** Numbers of which it is not known how many will come, in an array that grows by half. */
final class Numbers {
  private static final int FIRST = 16;

  private Numbers() {}

  static final class Floats {
    private float[] values = new float[FIRST];
    private int size;

    void add(float value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    float[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }

  static final class Longs {
    private long[] values = new long[FIRST];
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    long[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }

  static final class Ints {
    private int[] values = new int[FIRST];
    private int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }

  static final class Bytes {
    private byte[] values = new byte[FIRST];
    private int size;

    void add(byte value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, grown(size));
      }

      values[size++] = value;
    }

    byte[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }

  private static int grown(int size) {
    return size + (size >> 1);
  }
}
