package io.paritree.comparison;

import io.paritree.profile.PackedNumbers;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;

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
  private static final int LEAST_PLACES = 64;
  private static final int SIGNS = 2;

  private final int most;
  private int dropped;
  private int size;
  private long same; // rows to which both models give the same value
  private byte[] packed = {};

  /*
   * An open-addressing table of at least twice as many places as values. A place has a value, and
   * at twice its index how often each of the models gives it; it is free where both are 0.
   * Null while packed.
   */
  private transient int[] values;
  private transient long[] rows;

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

      add(one >> dropped, 0, 1);
      add(other >> dropped, 1, 1);
    }
  }

  /** Adds all rows of another, which counts as many values. */
  void add(DistributionCounts other) {
    open();
    other.open();
    same += other.same;
    dropTo(Math.max(dropped, other.dropped));
    for (int place = 0; place < other.values.length; place++) {
      for (int model = 0; model < 2; model++) {
        long count = other.rows[2 * place + model];
        if (count > 0) {
          add(other.values[place] >> dropped - other.dropped, model, count);
        }
      }
    }
  }

  private void add(int value, int model, long count) {
    int place = place(value);
    while (isUsed(place) && values[place] != value) {
      place = place + 1 & values.length - 1;
    }

    boolean isNew = !isUsed(place);
    values[place] = value;
    rows[2 * place + model] += count;
    if (isNew) {
      size++;
      limit();
    }
  }

  private boolean isUsed(int place) {
    return (rows[2 * place] | rows[2 * place + 1]) != 0;
  }

  private int place(int value) {
    // The high bits of the product, since the low ones of values may all be alike.
    return value * 0x9e3779b9 >>> Integer.numberOfLeadingZeros(values.length - 1);
  }

  private void limit() {
    while (size > most) {
      dropTo(dropped + 1);
    }

    if (2 * size > values.length) {
      placeAgain(0, 2 * values.length);
    }
  }

  private void dropTo(int bits) {
    if (bits > dropped) {
      int more = bits - dropped;
      dropped = bits;
      placeAgain(more, values.length);
    }
  }

  /** Makes the table again, from values without some of their low bits. */
  private void placeAgain(int bits, int places) {
    int[] before = values;
    long[] rowsBefore = rows;
    values = new int[places];
    rows = new long[2 * places];
    size = 0;
    for (int place = 0; place < before.length; place++) {
      for (int model = 0; model < 2; model++) {
        long count = rowsBefore[2 * place + model];
        if (count > 0) {
          add(before[place] >> bits, model, count);
        }
      }
    }
  }

  /** Returns how far the distributions are apart. */
  Distance distance() {
    open();
    long all = same;
    long least = 0;
    long most = 0;
    long apart = 0; // rows of the champion up to a value, less those of the challenger
    for (int place : sorted()) {
      long more = rows[2 * place];
      long fewer = rows[2 * place + 1];
      long after = apart + more - fewer;
      all += more;
      least = Math.max(least, Math.abs(after));
      most = Math.max(most, Math.min(apart + more, after + fewer));
      most = Math.max(most, -Math.max(apart - fewer, after - more));
      apart = after;
    }

    long beyond = dropped == 0 ? 0 : Math.max(0, most - least);
    return new Distance((double) least / all, (double) beyond / all);
  }

  /** Returns the places that are used, in the order of their values. */
  private int[] sorted() {
    long[] order = new long[size];
    int next = 0;
    for (int place = 0; place < values.length; place++) {
      if (isUsed(place)) {
        order[next++] = (long) values[place] << Integer.SIZE | place;
      }
    }

    Arrays.sort(order);
    return Arrays.stream(order).mapToInt(value -> (int) value).toArray();
  }

  /** Packs the values before they are kept for long: by how much each is above the one before. */
  void pack() {
    if (values == null) {
      return;
    }

    PackedNumbers numbers = new PackedNumbers();
    long before = Integer.MIN_VALUE;
    for (int place : sorted()) {
      numbers.add(values[place] - before);
      numbers.add(rows[2 * place]);
      numbers.add(rows[2 * place + 1]);
      before = values[place];
    }

    packed = numbers.toBytes();
    values = null;
    rows = null;
  }

  private void open() {
    if (values != null) {
      return;
    }

    values = new int[LEAST_PLACES];
    rows = new long[2 * LEAST_PLACES];
    size = 0;
    PackedNumbers.Reader numbers = new PackedNumbers.Reader(packed);
    packed = new byte[0];
    long value = Integer.MIN_VALUE;
    while (numbers.hasNext()) {
      value += numbers.next();
      for (int model = 0; model < 2; model++) {
        long count = numbers.next();
        if (count > 0) {
          add((int) value, model, count);
        }
      }
    }
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    pack();
    out.defaultWriteObject();
  }

  /** Returns a whole number that is in the order of the floats; -0 is 0, and NaN the largest. */
  static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
  }
}
