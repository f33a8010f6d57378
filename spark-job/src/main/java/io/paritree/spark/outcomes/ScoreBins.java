package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How many scores are in each bin. A bin has all scores with the same upper half of their bits as
 * floats: they differ by less than a hundredth of their value, unless that is nearer to 0 than any
 * normal float is. Bins are in the order of their scores.
 *
 * <p>Bins are pages of bins, of which few are used: scores of a model are near to each other. Not
 * thread-safe.
 */
final class ScoreBins implements Serializable {
  private static final int BITS = 16;
  private static final int FIRST = Short.MIN_VALUE;
  private static final int PAGE_BITS = 7;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int PAGES = 1 << BITS - PAGE_BITS;

  private final long[][] pages = new long[PAGES][];

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

  void add(int bin, long scores) {
    int at = bin - FIRST;
    long[] page = pages[at >> PAGE_BITS];
    if (page == null) {
      page = new long[PAGE];
      pages[at >> PAGE_BITS] = page;
    }

    page[at & PAGE - 1] += scores;
  }

  void add(ScoreBins other) {
    other.forEach(this::add);
  }

  /** Returns the scores in a bin. */
  long of(int bin) {
    int at = bin - FIRST;
    long[] page = pages[at >> PAGE_BITS];
    return page == null ? 0 : page[at & PAGE - 1];
  }

  /** Calls for each bin with a score, in the order of the scores. */
  void forEach(Visitor each) {
    for (int page = 0; page < pages.length; page++) {
      for (int at = 0; pages[page] != null && at < PAGE; at++) {
        if (pages[page][at] > 0) {
          each.bin(FIRST + page * PAGE + at, pages[page][at]);
        }
      }
    }
  }

  long total() {
    long total = 0;
    for (long[] page : pages) {
      for (int at = 0; page != null && at < PAGE; at++) {
        total += page[at];
      }
    }

    return total;
  }

  /** Sends only the bins with a score. */
  private Object writeReplace() {
    List<Integer> bins = new ArrayList<>();
    List<Long> scores = new ArrayList<>();
    forEach(
        (bin, own) -> {
          bins.add(bin);
          scores.add(own);
        });
    return new Packed(
        bins.stream().mapToInt(Integer::intValue).toArray(),
        scores.stream().mapToLong(Long::longValue).toArray());
  }

  private record Packed(int[] bins, long[] scores) implements Serializable {
    private Object readResolve() {
      ScoreBins all = new ScoreBins();
      for (int at = 0; at < bins.length; at++) {
        all.add(bins[at], scores[at]);
      }

      return all;
    }
  }
}
