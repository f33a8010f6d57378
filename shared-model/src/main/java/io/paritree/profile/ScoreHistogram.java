package io.paritree.profile;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The distribution of the scores of a run: count, mean, and quantiles to within 1 %.
 *
 * <p>Scores are counted by the upper 16 bits of their float pattern: sign, exponent and 7 bits of
 * the fraction. So a quantile is known to one part in 128 of its value for any range of scores. The
 * lower 16 bits are added up, exactly: the mean does not depend on the order of the scores. Not
 * thread-safe.
 */
public final class ScoreHistogram implements Serializable {
  private static final int PAGES = 1 << 8;
  private static final int PAGE_BITS = 8;
  private static final int PAGE_BINS = 1 << PAGE_BITS;
  private static final int LOW = 0xffff;
  private static final int INFINITE = 0x7f800000;

  /**
   * The counts of the bins of each page, then the sums of their lower bits; null without scores,
   * since most scores of a model are in few pages. All of it is null while packed.
   */
  private transient long[][] pages;

  private int[] usedBins = {};
  private long[] usedCounts = {};
  private long[] usedLows = {};
  private long count;
  private float min = Float.POSITIVE_INFINITY;
  private float max = Float.NEGATIVE_INFINITY;

  /** Adds a score; NaN counts as larger than all others. */
  public void add(float score) {
    if (pages == null) {
      pages = spread();
    }

    int bits = Float.floatToIntBits(score);
    int bin = bin(bits);
    long[] page = page(pages, bin);
    page[bin & PAGE_BINS - 1]++;
    page[PAGE_BINS + (bin & PAGE_BINS - 1)] += bits & LOW;
    count++;
    if (!Float.isNaN(score)) {
      min = Math.min(min, score);
      max = Math.max(max, score);
    }
  }

  private static long[] page(long[][] pages, int bin) {
    int index = bin >> PAGE_BITS;
    if (pages[index] == null) {
      pages[index] = new long[2 * PAGE_BINS];
    }

    return pages[index];
  }

  /** Packs the bins before they are sent to the driver. */
  public void pack() {
    if (pages != null) {
      pack(pages);
      pages = null;
    }
  }

  private void pack(long[][] all) {
    usedBins =
        IntStream.range(0, PAGES)
            .filter(page -> all[page] != null)
            .flatMap(page -> IntStream.range(page * PAGE_BINS, (page + 1) * PAGE_BINS))
            .filter(bin -> all[bin >> PAGE_BITS][bin & PAGE_BINS - 1] > 0)
            .toArray();
    usedCounts =
        IntStream.of(usedBins)
            .mapToLong(bin -> all[bin >> PAGE_BITS][bin & PAGE_BINS - 1])
            .toArray();
    usedLows =
        IntStream.of(usedBins)
            .mapToLong(bin -> all[bin >> PAGE_BITS][PAGE_BINS + (bin & PAGE_BINS - 1)])
            .toArray();
  }

  private long[][] spread() {
    long[][] all = new long[PAGES][];
    addTo(all);
    return all;
  }

  private void addTo(long[][] all) {
    for (int index = 0; index < usedBins.length; index++) {
      int bin = usedBins[index];
      long[] page = page(all, bin);
      page[bin & PAGE_BINS - 1] += usedCounts[index];
      page[PAGE_BINS + (bin & PAGE_BINS - 1)] += usedLows[index];
    }
  }

  /** Returns the scores of all histograms; they must be packed, as the result is. */
  public static ScoreHistogram sum(Iterable<ScoreHistogram> histograms) {
    ScoreHistogram sum = new ScoreHistogram();
    long[][] all = new long[PAGES][];
    for (ScoreHistogram histogram : histograms) {
      histogram.addTo(all);
      sum.addTotals(histogram);
    }

    sum.pack(all);
    return sum;
  }

  /** Adds another histogram's scores; both must be packed. */
  public void add(ScoreHistogram other) {
    long[][] all = spread();
    other.addTo(all);
    pack(all);
    addTotals(other);
  }

  private void addTotals(ScoreHistogram other) {
    count += other.count;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
  }

  /** Returns the number of scores. */
  public long count() {
    return count;
  }

  /**
   * Returns the mean; NaN if there is no score, or if scores have none. The histogram must be
   * packed.
   */
  public double mean() {
    double sum = 0;
    for (int index = 0; index < usedBins.length; index++) {
      float first = Float.intBitsToFloat(bits(usedBins[index]) & ~LOW);
      sum += usedCounts[index] * (double) first;
      if (usedLows[index] > 0) { // no infinite score, whose next one would be NaN
        sum += usedLows[index] * (double) Math.copySign(Math.ulp(first), first);
      }
    }

    return count == 0 ? Double.NaN : sum / count;
  }

  /** Returns the least score that is a number; infinite if there is none. */
  public float min() {
    return min;
  }

  /** Returns the largest score that is a number; infinite if there is none. */
  public float max() {
    return max;
  }

  /**
   * Returns the score below which a given share of all scores is, to one part in 128; the histogram
   * must be packed.
   *
   * @param share 0 to 1
   * @return NaN if there is no score
   */
  public float quantile(double share) {
    if (count == 0) {
      return Float.NaN;
    }

    long rank = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int index = 0; index < usedBins.length; index++) {
      seen += usedCounts[index];
      if (seen >= rank) {
        float middle = middle(usedBins[index]);
        return Float.isNaN(middle) ? middle : Math.max(min, Math.min(max, middle));
      }
    }

    return max;
  }

  /**
   * Counts the scores in other bins; the histogram must be packed.
   *
   * @param wider bins whose edges are {@link #border}s
   * @return a count for each of the bins
   */
  public long[] counts(NumberBins wider) {
    long[] counts = new long[wider.size()];
    for (int index = 0; index < usedBins.length; index++) {
      counts[wider.of(middle(usedBins[index]))] += usedCounts[index];
    }

    return counts;
  }

  /**
   * Returns wider bins whose edges are {@link #border}s: about ten, as {@link BinEdges} says. The
   * histogram must be packed.
   */
  public NumberBins deciles() {
    int size = 0;
    while (size < usedBins.length && !Float.isNaN(middle(usedBins[size]))) {
      size++;
    }

    float[] values = new float[size];
    float[] ends = new float[size];
    for (int index = 0; index < size; index++) {
      values[index] = least(usedBins[index]);
      ends[index] = least(usedBins[index] + 1);
    }

    return new BinEdges(values, ends, Arrays.copyOf(usedCounts, size)).bins(new float[0]);
  }

  /** Returns the least score of a bin, and NaN for those bins that have none. */
  private static float least(int bin) {
    float middle = middle(bin);
    return Float.isInfinite(middle) ? middle : border(middle);
  }

  /** Returns the least score that is counted together with a score, which is a number. */
  public static float border(float score) {
    int ordered = bin(Float.floatToIntBits(score)) << 16;
    return Float.intBitsToFloat(ordered < 0 ? ordered ^ 0x80000000 : ~ordered);
  }

  /** Returns the bin of a score's bits; bins ascend with the scores. */
  private static int bin(int bits) {
    int ordered = bits ^ ((bits >> 31) | 0x80000000);
    return ordered >>> 16;
  }

  /** Returns the bits of the middle of a bin. */
  private static int bits(int bin) {
    int ordered = (bin << 16) | 0x8000;
    return ordered < 0 ? ordered ^ 0x80000000 : ~ordered;
  }

  private static float middle(int bin) {
    int bits = bits(bin);
    boolean isInfinite = (bits & 0x7fff0000) == INFINITE; // no other value is in its bin
    return Float.intBitsToFloat(isInfinite ? bits & ~LOW : bits);
  }

  @Override
  public String toString() {
    return "%s scores, bins %s".formatted(count, Arrays.toString(usedBins));
  }
}
