package io.paritree.forest;

/**
 * Working memory of one thread. All engines share it, and it grows to the size that the largest one
 * needs, so that scoring allocates nothing after that.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private long[] keys = new long[64];
  private long[] lifted = new long[64];
  private float[] sums = new float[64];
  private long[] masks = new long[0];
  private long[] buckets = new long[0];
  private final long[] square = new long[2 * Block.MAX_ROWS];
  private long[] reach = new long[0];
  private byte[] leafNumbers = new byte[0];
  private final long[] planes = new long[LeafPlanes.PLANES];
  private int[] found = new int[0];
  private float[] margins = new float[0];

  private WideMemory wide;

  private Scratch() {}

  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** Holds the keys of rows; its length is a power of 2. */
  long[] keys(int size) {
    return keys.length >= size ? keys : (keys = new long[powerOf2(size)]);
  }

  /** Holds the lifted keys of a row; its length is a power of 2. */
  long[] lifted(int size) {
    return lifted.length >= size ? lifted : (lifted = new long[powerOf2(size)]);
  }

  private static int powerOf2(int atLeast) {
    return Math.max(1, Integer.highestOneBit(atLeast - 1) << 1);
  }

  /** Holds the sums of a block of rows. */
  float[] sums(int size) {
    return sums.length >= size ? sums : (sums = new float[size]);
  }

  /** Holds, per test, which rows go right. */
  long[] masks(int size) {
    return masks.length >= size ? masks : (masks = new long[size]);
  }

  /**
   * All zero between two uses. While it holds anything else, no array of a caller may be read: an
   * exception there would leave it with values that are not zero.
   */
  long[] buckets(int size) {
    return buckets.length >= size ? buckets : (buckets = new long[size]);
  }

  /** Holds a word of bits per row, and the position of each row's bits. */
  long[] square() {
    return square;
  }

  /** Holds, per node of one tree, which rows reach it. */
  long[] reach(int size) {
    return reach.length >= size ? reach : (reach = new long[size]);
  }

  /** Holds the leaf number of each row, for a few trees. */
  byte[] leafNumbers(int size) {
    return leafNumbers.length >= size ? leafNumbers : (leafNumbers = new byte[size]);
  }

  /** Holds the planes of the leaf numbers of one tree. */
  long[] planes() {
    return planes;
  }

  /** Holds the leaves that a walk reaches. */
  int[] found(int size) {
    return found.length >= size ? found : (found = new int[size]);
  }

  /** Holds what wide slices need. */
  WideMemory wide() {
    return wide == null ? (wide = new WideMemory()) : wide;
  }

  /** Holds margins that the caller did not request. */
  float[] margins(int size) {
    return margins.length >= size ? margins : (margins = new float[size]);
  }
}
