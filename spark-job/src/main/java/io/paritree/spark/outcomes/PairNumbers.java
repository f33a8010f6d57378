package io.paritree.spark.outcomes;

import java.util.Arrays;

/** Numbers pairs of small numbers, in the order in which they come, from 0. Not thread-safe. */
final class PairNumbers {
  private static final long FREE = -1;

  // A table with open addressing of pairs, each as one number.
  private long[] pairs = new long[64];
  private int[] numbers = new int[pairs.length];
  private long[] ofNumbers = new long[16];
  private int size;

  PairNumbers() {
    Arrays.fill(pairs, FREE);
  }

  int size() {
    return size;
  }

  /** Returns the number of a pair; neither is negative. */
  int of(int one, int other) {
    long pair = (long) one << Integer.SIZE | other;
    int place = place(pair);
    return pairs[place] == pair ? numbers[place] : add(pair, place);
  }

  int one(int number) {
    return (int) (ofNumbers[number] >> Integer.SIZE);
  }

  int other(int number) {
    return (int) ofNumbers[number];
  }

  private int place(long pair) {
    int mask = pairs.length - 1;
    long mixed = pair * 0x9e3779b97f4a7c15L;
    int place = (int) (mixed >>> Integer.SIZE) & mask;
    while (pairs[place] != pair && pairs[place] != FREE) {
      place = place + 1 & mask;
    }

    return place;
  }

  private int add(long pair, int place) {
    int number = size++;
    if (number == ofNumbers.length) {
      ofNumbers = Arrays.copyOf(ofNumbers, 2 * number);
    }

    ofNumbers[number] = pair;
    pairs[place] = pair;
    numbers[place] = number;
    if (2 * size > pairs.length) {
      pairs = new long[2 * pairs.length];
      numbers = new int[pairs.length];
      Arrays.fill(pairs, FREE);
      for (int known = 0; known < size; known++) {
        int at = place(ofNumbers[known]);
        pairs[at] = ofNumbers[known];
        numbers[at] = known;
      }
    }

    return number;
  }
}
