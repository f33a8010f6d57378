package io.paritree.profile;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The distribution of the scores of a run: count, mean, and quantiles to within 1 %.
 *
 * <p>Scores are counted by the upper 16 bits of their float pattern: sign, exponent and 7 bits of
 * the fraction. So a quantile is known to one part in 128 of its value for any range of scores. Not
 * thread-safe.
 */
public final class ScoreHistogram implements Serializable {
  private static final int PAGES = 1 << 8;
  private static final int PAGE_BITS = 8;
  private static final int PAGE_BINS = 1 << PAGE_BITS;
  private static final int LOW = 0xffff;
  private static final int INFINITE = 0x7f800000;

  /** The end of the bin of zero. */
  private static final float LEAST = Float.intBitsToFloat(LOW + 1);

  /**
   * The counts of the bins of each page; null without scores, since most scores of a model are in
   * few pages. All of it is null while packed.
   */
  private transient long[][] pages;

  private byte[] packed = {};
  private final FloatSums sum = new FloatSums(1);
  private long count;
  private float min = Float.POSITIVE_INFINITY;
  private float max = Float.NEGATIVE_INFINITY;

  /** The bins that have scores, ascending. */
  private record Used(int[] bins, long[] counts) {}

  /** Adds a score; NaN counts as larger than all others. */
  public void add(float score) {
    if (pages == null) {
      pages = spread();
    }

    int bits = Float.floatToIntBits(score);
    int bin = bin(bits);
    long[] page = page(pages, bin);
    page[bin & PAGE_BINS - 1]++;
    sum.add(0, score);
    count++;
    if (!Float.isNaN(score)) {
      min = Math.min(min, score);
      max = Math.max(max, score);
    }
  }

  /** Adds the first of some scores. */
  public void add(float[] scores, int size) {
    for (int at = 0; at < size; at++) {
      add(scores[at]);
    }
  }

  private static long[] page(long[][] pages, int bin) {
    int index = bin >> PAGE_BITS;
    if (pages[index] == null) {
      pages[index] = new long[PAGE_BINS];
    }

    return pages[index];
  }

  /** Packs the bins before they are kept for long. */
  public void pack() {
    if (pages != null) {
      packed = packed(used());
      pages = null;
    }
  }

  private static byte[] packed(Used used) {
    PackedNumbers numbers = new PackedNumbers();
    int before = 0;
    for (int index = 0; index < used.bins.length; index++) {
      numbers.add(used.bins[index] - before);
      numbers.add(used.counts[index]);
      before = used.bins[index];
    }

    return numbers.toBytes();
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    pack();
    out.defaultWriteObject();
  }

  private Used used() {
    return pages == null ? unpacked() : ofPages();
  }

  private Used ofPages() {
    int[] bins =
        IntStream.range(0, PAGES)
            .filter(page -> pages[page] != null)
            .flatMap(page -> IntStream.range(page * PAGE_BINS, (page + 1) * PAGE_BINS))
            .filter(bin -> pages[bin >> PAGE_BITS][bin & PAGE_BINS - 1] > 0)
            .toArray();
    return new Used(
        bins,
        IntStream.of(bins)
            .mapToLong(bin -> pages[bin >> PAGE_BITS][bin & PAGE_BINS - 1])
            .toArray());
  }

  private Used unpacked() {
    int[] bins = new int[packed.length];
    long[] counts = new long[packed.length];
    PackedNumbers.Reader numbers = new PackedNumbers.Reader(packed);
    int size = 0;
    for (int bin = 0; numbers.hasNext(); size++) {
      bin += (int) numbers.next();
      bins[size] = bin;
      counts[size] = numbers.next();
    }

    return new Used(Arrays.copyOf(bins, size), Arrays.copyOf(counts, size));
  }

  private long[][] spread() {
    long[][] all = new long[PAGES][];
    addTo(all);
    return all;
  }

  private void addTo(long[][] all) {
    Used used = used();
    for (int index = 0; index < used.bins.length; index++) {
      int bin = used.bins[index];
      long[] page = page(all, bin);
      page[bin & PAGE_BINS - 1] += used.counts[index];
    }
  }

  /** Returns the scores of all histograms. */
  public static ScoreHistogram sum(Iterable<ScoreHistogram> histograms) {
    ScoreHistogram sum = new ScoreHistogram();
    histograms.forEach(sum::add);
    return sum;
  }

  /** Adds another histogram's scores. */
  public void add(ScoreHistogram other) {
    pages = pages == null ? spread() : pages;
    other.addTo(pages);
    addTotals(other);
  }

  private void addTotals(ScoreHistogram other) {
    count += other.count;
    sum.add(other.sum);
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
  }

  /** Returns the number of scores. */
  public long count() {
    return count;
  }

  /** Returns the mean; NaN if there is no score, or if scores have none. */
  public double mean() {
    return count == 0 ? Double.NaN : sum.sum(0) / count;
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
   * Returns the score below which a given share of all scores is, to one part in 128.
   *
   * @param share 0 to 1
   * @return NaN if there is no score
   */
  public float quantile(double share) {
    float middle = middle(share);
    return Float.isNaN(middle) ? middle : Math.max(min, Math.min(max, middle));
  }

  /**
   * Returns the middle of the bin with the score below which a given share of all scores is, which
   * may be beyond the largest of them.
   *
   * @param share 0 to 1
   * @return NaN if there is no score
   */
  public float middle(double share) {
    Used used = used();
    long rank = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int index = 0; index < used.bins.length; index++) {
      seen += used.counts[index];
      if (seen >= rank) {
        float middle = middle(used.bins[index]);
        return Math.abs(middle) < LEAST ? 0 : middle;
      }
    }

    return Float.NaN;
  }

  /**
   * Counts the scores in other bins.
   *
   * @param wider bins whose edges are {@link #border}s
   * @return a count for each of the bins
   */
  public long[] counts(NumberBins wider) {
    Used used = used();
    long[] counts = new long[wider.size()];
    for (int index = 0; index < used.bins.length; index++) {
      counts[wider.of(middle(used.bins[index]))] += used.counts[index];
    }

    return counts;
  }

  /**
   * Returns wider bins whose edges are {@link #border}s: about ten, as {@link BinEdges} says.
   * Scores above all of these have a bin, too, if the largest is frequent.
   */
  public NumberBins deciles() {
    Used used = used();
    int size = 0;
    while (size < used.bins.length && !Float.isNaN(middle(used.bins[size]))) {
      size++;
    }

    float[] values = new float[size];
    float[] ends = new float[size];
    for (int index = 0; index < size; index++) {
      values[index] = least(used.bins[index]);
      ends[index] = least(used.bins[index] + 1);
    }

    return new BinEdges(values, ends, Arrays.copyOf(used.counts, size)).endedBins();
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
    return "%s scores, bins %s".formatted(count, Arrays.toString(used().bins));
  }
}
