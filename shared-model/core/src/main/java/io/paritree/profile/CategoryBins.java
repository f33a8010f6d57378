package io.paritree.profile;

import java.util.List;

/**
 * A bin for each of some categories, one for all others, and one for missing values.
 *
 * <p>A value that is in no vocabulary is where its slot is: among the missing ones, or in the bin
 * of the category that it counts as. {@link FeatureProfile#unseen} counts it by itself.
 */
public final class CategoryBins implements Bins {
  static final String CODES = "codes";
  static final String VALUES = "values";

  private final List<Integer> codes;
  private final List<String> values;
  private final float[] slots; // of the bins; so few that a search from the first is the fastest

  /**
   * @param codes of the categories that have a bin, each once, from 0
   * @param values the same categories as texts
   * @throws IllegalArgumentException if a code occurs twice, or their numbers differ
   */
  public CategoryBins(List<Integer> codes, List<String> values) {
    if (codes.size() + 2 > MOST) {
      throw new IllegalArgumentException(
          "Cannot use bins of %s categories: there can be %s bins, two for all others"
              .formatted(codes.size(), MOST));
    }

    this.codes = List.copyOf(codes);
    this.values = List.copyOf(values);
    boolean isUsable =
        codes.size() == values.size()
            && codes.stream().distinct().count() == codes.size()
            && codes.stream().allMatch(code -> code >= 0);
    if (!isUsable) {
      throw new IllegalArgumentException(
          "Cannot use the codes %s of %s categories: each must have one, from 0"
              .formatted(codes, values.size()));
    }

    this.slots = new float[codes.size()];
    for (int bin = 0; bin < slots.length; bin++) {
      slots[bin] = codes.get(bin);
    }
  }

  /** Returns the codes of the categories that have a bin of their own, in the order of the bins. */
  public List<Integer> codes() {
    return codes;
  }

  /** Returns the same categories as texts. */
  public List<String> values() {
    return values;
  }

  @Override
  public int size() {
    return codes.size() + 2;
  }

  @Override
  public int of(float value) {
    if (Float.isNaN(value)) {
      return codes.size() + 1;
    }

    int bin = 0;
    while (bin < slots.length && slots[bin] != value) {
      bin++;
    }

    return bin;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CategoryBins bins
        && codes.equals(bins.codes)
        && values.equals(bins.values);
  }

  @Override
  public int hashCode() {
    return 31 * codes.hashCode() + values.hashCode();
  }

  @Override
  public String toString() {
    return "bins of " + values;
  }
}
