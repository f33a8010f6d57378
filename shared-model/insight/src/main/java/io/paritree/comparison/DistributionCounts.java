package io.paritree.comparison;

import io.paritree.profile.PackedNumbers;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the values that two models give to the same rows, each model by itself, in bounded memory.
 * A row to which both give the same value sets no distributions apart, whatever the value is.
 *
 * <p>Values are counted by all of their bits while at most a given number of them are different.
 * Beyond that, their lowest bits are dropped until there are few enough. How many bits must be
 * dropped follows from the set of values alone: so the result depends neither on the order of the
 * rows nor on how they were divided among counts that are added up. Not thread-safe.
 */
final class DistributionCounts implements Serializable {
  private static final int SIGNS = 2;

  private final int most;
  private int dropped;
  private long same; // rows to which both models give the same value

  /** By value without its dropped bits, how often each of the models gives it. */
  private transient Map<Integer, long[]> rows;

  /** What was sent of these; they are unpacked when they are needed. */
  private byte[] packed = {};

  /**
   * The largest distance of the distribution functions of two models.
   *
   * @param least of what it can be, 0 to 1; NaN without rows
   * @param error how much more it can be, since values that are close together count as one
   */
  record Distance(double least, double error) {}

  /**
   * @param most the most different values, at least 2, since the sign is never dropped
   */
  DistributionCounts(int most) {
    if (most < SIGNS) {
      throw new IllegalArgumentException(
          "Cannot count at most %s different values: expected %s or more".formatted(most, SIGNS));
    }

    this.most = most;
  }

  /** Adds the first of some values, of which one for each row and model. */
  void add(float[] champion, float[] challenger, int count) {
    open();
    for (int at = 0; at < count; at++) {
      int one = ordered(champion[at]);
      int other = ordered(challenger[at]);
      if (one == other) {
        same++;
        continue;
      }

      add(one >> dropped, 1, 0);
      add(other >> dropped, 0, 1);
    }
  }

  /** Adds all rows of another, which counts as many values. */
  void add(DistributionCounts other) {
    open();
    other.open();
    same += other.same;
    dropTo(Math.max(dropped, other.dropped));
    other.rows.forEach(
        (value, counts) -> add(value >> dropped - other.dropped, counts[0], counts[1]));
  }

  private void add(int value, long champion, long challenger) {
    long[] counts = rows.computeIfAbsent(value, key -> new long[2]);
    counts[0] += champion;
    counts[1] += challenger;
    while (rows.size() > most) {
      dropTo(dropped + 1);
    }
  }

  private void dropTo(int bits) {
    int more = bits - dropped;
    Map<Integer, long[]> before = rows;
    rows = new HashMap<>();
    dropped = bits;
    before.forEach((value, counts) -> add(value >> more, counts[0], counts[1]));
  }

  /** Returns how far the distributions are apart. */
  Distance distance() {
    open();
    long all = same;
    long least = 0;
    long most = 0;
    long apart = 0; // rows of the champion up to a value, less those of the challenger
    for (long[] counts : new TreeMap<>(rows).values()) {
      long after = apart + counts[0] - counts[1];
      all += counts[0];
      least = Math.max(least, Math.abs(after));
      most = Math.max(most, Math.min(apart + counts[0], after + counts[1]));
      most = Math.max(most, -Math.max(apart - counts[1], after - counts[0]));
      apart = after;
    }

    long beyond = dropped == 0 ? 0 : Math.max(0, most - least);
    return new Distance((double) least / all, (double) beyond / all);
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    open();
    packed = packed();
    out.defaultWriteObject();
    packed = new byte[0];
  }

  /** Returns the values in their order: by how much each is above the one before. */
  private byte[] packed() {
    PackedNumbers numbers = new PackedNumbers();
    long before = Integer.MIN_VALUE;
    for (Map.Entry<Integer, long[]> value : new TreeMap<>(rows).entrySet()) {
      numbers.add(value.getKey() - before);
      numbers.add(value.getValue()[0]);
      numbers.add(value.getValue()[1]);
      before = value.getKey();
    }

    return numbers.toBytes();
  }

  private void open() {
    if (rows == null) {
      rows = new HashMap<>();
      PackedNumbers.Reader numbers = new PackedNumbers.Reader(packed);
      long value = Integer.MIN_VALUE;
      while (numbers.hasNext()) {
        value += numbers.next();
        rows.put((int) value, new long[] {numbers.next(), numbers.next()});
      }

      packed = new byte[0];
    }
  }

  /** Returns a whole number that is in the order of the floats; -0 is 0, and NaN the largest. */
  static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
  }
}
