package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The margins of a row change at the split values of a slot, and nowhere else. */
class SplitValuesTest {
  private static final int FORESTS = 100;

  @Test
  void betweenTheThresholdsThatARowMeetsItsLeavesStayTheSame() {
    long first = Seed.next();
    int met = 0;
    int all = 0;
    for (int trial = 0; trial < FORESTS; trial++) {
      long seed = first + trial;
      RandomForests random = new RandomForests(seed);
      Forest forest = random.forest(random.shape());
      SplitValues splits = SplitValues.of(forest);
      int slot = new Random(seed).nextInt(forest.modelWidth());
      if (forest.isLinear() || splits.categories(slot).length > 0) {
        continue;
      }

      float[] row = random.rows(forest, 1);
      float[] own = splits.thresholds(row, slot);
      float[] thresholds = splits.thresholds(slot);
      for (float threshold : thresholds) {
        boolean isMet = Arrays.binarySearch(own, threshold) >= 0;
        if (!isMet) {
          assertThat(leaves(forest, row, slot, threshold))
              .as("threshold %s of slot %s, seed %s", threshold, slot, seed)
              .isEqualTo(leaves(forest, row, slot, Math.nextDown(threshold)));
        }
      }

      TreeSet<Float> values = new TreeSet<>();
      for (float value : random.rows(forest, 20)) {
        if (Float.isFinite(value)) {
          values.add(value + 0f);
        }
      }

      Float before = null;
      for (float value : values) {
        int same = Arrays.binarySearch(thresholds, value);
        int at = before == null ? 0 : Arrays.binarySearch(thresholds, before);
        if (before != null && same < 0 && rank(at) == rank(same)) {
          assertThat(leaves(forest, row, slot, value))
              .as("%s to %s of slot %s, seed %s", before, value, slot, seed)
              .isEqualTo(leaves(forest, row, slot, before));
        }

        before = value;
      }

      met += own.length;
      all += thresholds.length;
    }

    assertThat(met).isPositive().isLessThan(all);
  }

  /** Returns how many thresholds are not above a value that was searched. */
  private static int rank(int found) {
    return found < 0 ? ~found : found + 1;
  }

  private static int[] leaves(Forest forest, float[] row, int slot, float value) {
    float[] changed = row.clone();
    changed[slot] = value;
    int[] leaves = new int[forest.trees()];
    forest.leaves(changed, 1, leaves);
    return leaves;
  }

  @Test
  void offsetsAndLinearModelsHaveNoSteps() {
    Forest linear = Forest.linear(1, new float[] {0}, new float[] {2, 1}, Transform.IDENTITY);
    SplitValues splits = SplitValues.of(linear.withOffsets(new float[] {Float.NaN}));

    assertThat(splits.isStepwise(0)).isFalse();
    assertThat(splits.isStepwise(1)).isFalse();
    assertThat(splits.thresholds(0)).isEmpty();
  }
}
