package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How many scores are in each bin. A bin has all scores with the same upper half of their bits as
 * floats: they differ by less than a hundredth of their value, unless that is nearer to 0 than any
 * normal float is. Bins are in the order of their scores.
 *
 * <p>Memory is needed for the bins with a score, of which most groups have few. Not thread-safe.
 */
final class ScoreBins implements Serializable {
  private static final int BITS = 16;

  // A table with open addressing, where no score is a free place. Bins are near to each other, so
  // their last bits are as good as a hash.
  private int[] bins = new int[16];
  private long[] scores = new long[bins.length];
  private int size;

  /** Receives the scores of a bin. */
  @FunctionalInterface
  interface Visitor {
    void bin(int bin, long scores);
  }

  static int bin(double score) {
    int bits = Float.floatToIntBits((float) score + 0.0f); // there is one zero
    return (bits ^ bits >> 31 & Integer.MAX_VALUE) >> BITS;
  }

  /** Returns the least score of a bin. */
  static double least(int bin) {
    int bits = bin << BITS;
    return Float.intBitsToFloat(bits ^ bits >> 31 & Integer.MAX_VALUE);
  }

  private int place(int bin) {
    int mask = bins.length - 1;
    int place = bin & mask;
    while (scores[place] != 0 && bins[place] != bin) {
      place = place + 1 & mask;
    }

    return place;
  }

  void add(int bin, long more) {
    int place = place(bin);
    if (scores[place] == 0 && more != 0) {
      bins[place] = bin;
      size++;
    }

    scores[place] += more;
    if (2 * size > bins.length) {
      grow();
    }
  }

  private void grow() {
    int[] oldBins = bins;
    long[] oldScores = scores;
    bins = new int[2 * oldBins.length];
    scores = new long[bins.length];
    size = 0;
    for (int place = 0; place < oldBins.length; place++) {
      add(oldBins[place], oldScores[place]);
    }
  }

  void add(ScoreBins other) {
    other.forEach(this::add);
  }

  /** Returns the scores in a bin. */
  long of(int bin) {
    return scores[place(bin)];
  }

  /** Calls for each bin with a score, in the order of the scores. */
  void forEach(Visitor each) {
    IntStream.range(0, bins.length)
        .filter(place -> scores[place] != 0)
        .map(place -> bins[place])
        .sorted()
        .forEach(bin -> each.bin(bin, of(bin)));
  }

  long total() {
    return Arrays.stream(scores).sum();
  }
}
