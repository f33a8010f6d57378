package io.paritree.profile;

import java.util.Arrays;

/**
 * Whole numbers, one after the other, each as the bytes that it needs: 7 bits in each, the lowest
 * first. Small numbers, of which there are many, take one. Not thread-safe.
 */
public final class PackedNumbers {
  private static final int GROUP = 7;
  private static final int MORE = 1 << GROUP;
  private static final int LEAST_BYTES = 64;

  private byte[] bytes = new byte[LEAST_BYTES];
  private int size;

  /** Adds a number, which is taken to be without a sign. */
  public void add(long number) {
    if (size + Long.BYTES + 2 > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }

    long rest = number;
    while (rest >>> GROUP != 0) {
      bytes[size++] = (byte) (rest & MORE - 1 | MORE);
      rest >>>= GROUP;
    }

    bytes[size++] = (byte) rest;
  }

  /** Returns a copy of what was added. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Reads numbers in the order in which they were added. Not thread-safe. */
  public static final class Reader {
    private final byte[] bytes;
    private int at;

    /**
     * @param bytes as {@link PackedNumbers#toBytes} has returned them
     */
    public Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Returns whether there is another number. */
    public boolean hasNext() {
      return at < bytes.length;
    }

    /** Returns the next number. */
    public long next() {
      long number = 0;
      int shift = 0;
      byte group;
      do {
        group = bytes[at++];
        number |= (long) (group & MORE - 1) << shift;
        shift += GROUP;
      } while (group < 0);

      return number;
    }
  }
}
