package io.paritree.reasons;

import io.paritree.model.manifest.FieldImportance;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How much each group moves the margins on average: the mean over rows of the absolute
 * contribution, added up over the outputs. Not thread-safe.
 */
public final class Importance {
  private static final int BLOCK_ROWS = 256;
  private static final int BLOCK_VALUES = 1 << 20;

  private final Reasons reasons;
  private final float[] contributions;
  private final float[] sums;
  private final double[] totals;
  private long rows;

  public Importance(Reasons reasons) {
    this.reasons = reasons;
    this.sums = new float[reasons.groups().size()];
    this.totals = new double[sums.length];
    int block = Math.max(1, Math.min(BLOCK_ROWS, BLOCK_VALUES / reasons.contributions()));
    this.contributions = new float[block * reasons.contributions()];
  }

  /**
   * Explains rows and adds them.
   *
   * @param slots row after row
   * @param count number of rows
   * @param isLeftOut which of them are not added
   */
  public void add(float[] slots, int count, IntPredicate isLeftOut) {
    int each = reasons.contributions();
    int block = contributions.length / each;
    for (int first = 0; first < count; first += block) {
      int some = Math.min(block, count - first);
      reasons.explain(slots, first, some, contributions);
      for (int row = 0; row < some; row++) {
        if (!isLeftOut.test(first + row)) {
          add(contributions, row * each);
        }
      }
    }
  }

  /** Adds the row whose contributions start at {@code at}. */
  void add(float[] contributions, int at) {
    for (int output = 0; output < reasons.outputNames().size(); output++) {
      reasons.sum(contributions, at, output, sums);
      for (int group = 0; group < sums.length; group++) {
        totals[group] += Math.abs(sums[group]);
      }
    }

    rows++;
  }

  /** Returns the number of rows that were added. */
  public long rows() {
    return rows;
  }

  /** Returns the mean of a group, in margin units; NaN without rows. */
  double mean(int group) {
    return totals[group] / rows;
  }

  /** Returns all means, the largest first; there must be rows. */
  public FieldImportance means() {
    List<Integer> sorted =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparing(this::mean, Comparator.reverseOrder()))
            .toList();
    Map<String, Double> means = new LinkedHashMap<>();
    sorted.forEach(group -> means.put(reasons.groups().get(group).name(), mean(group)));
    return new FieldImportance(rows, means);
  }
}
