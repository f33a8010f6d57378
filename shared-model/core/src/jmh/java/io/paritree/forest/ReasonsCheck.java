package io.paritree.forest;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import java.util.Locale;
import java.util.Random;

/**
 * Compares fast contributions with exact ones on many rows of each bench model: they must differ by
 * at most {@code 1e-5 * max(1, sum of the absolute contributions)}, add up to the margin within the
 * same, and be exactly 0 for features in no split. Exit code 1 if one does not.
 *
 * <p>Run: {@code scripts/bench reasons --check ROWS}.
 */
final class ReasonsCheck {
  private static final int BLOCK = 1_024;
  private static final double TOLERANCE = 1e-5;
  private static final long SEED = 20_261_126;

  private final BenchModel subject;
  private final Engine engine;
  private final Explainer fast;
  private final Explainer exact;
  private final boolean[] isUsed;
  private final int width;
  private double worst;
  private double worstSum;
  private long zeros;

  private ReasonsCheck(BenchModel subject) throws Exception {
    Forest forest = subject.model().forest(Rounds.ALL);
    this.subject = subject;
    this.engine = forest.fast();
    this.fast = Explainer.of(forest, ContributionMode.FAST);
    this.exact = Explainer.of(forest, ContributionMode.EXACT);
    this.width = forest.width();
    this.isUsed = new boolean[width];
    for (int index = 0; index < forest.trees(); index++) {
      for (int node : forest.tree(index).splits()) {
        isUsed[forest.tree(index).feature(node)] = true;
      }
    }
  }

  /**
   * Runs the check.
   *
   * @param args the directory for trained models, the flight model or "-", the number of rows
   */
  public static void main(String[] args) throws Exception {
    long rows = Long.parseLong(args[2]);
    for (BenchModel subject : BenchModel.all(args)) {
      ReasonsCheck check = new ReasonsCheck(subject);
      check.run(rows);
      System.out.printf(
          Locale.ROOT,
          "%-20s %d rows: differs by at most %.1e, sums by %.1e, of 1.0e-05 allowed; %d exact zeros%n",
          subject.name(),
          rows,
          check.worst,
          check.worstSum,
          check.zeros);
      if (!(check.worst <= TOLERANCE && check.worstSum <= TOLERANCE)) {
        System.exit(1);
      }
    }
  }

  /** Each slot of a row is that of a random row of the model. */
  private void run(long rows) {
    Random random = new Random(SEED);
    float[] known = subject.rows();
    float[] slots = new float[BLOCK * width];
    float[] ofFast = new float[BLOCK * fast.contributions()];
    float[] ofExact = new float[ofFast.length];
    float[] margins = new float[BLOCK * fast.outputs()];
    for (long from = 0; from < rows; from += BLOCK) {
      int count = (int) Math.min(BLOCK, rows - from);
      for (int at = 0; at < count * width; at++) {
        slots[at] = known[random.nextInt(BenchModel.ROWS) * width + at % width];
      }

      fast.explain(slots, count, ofFast);
      exact.explain(slots, count, ofExact);
      engine.score(slots, count, margins, null);
      for (int output = 0; output < count * fast.outputs(); output++) {
        compare(ofFast, ofExact, output * (width + 1), margins[output]);
      }
    }
  }

  private void compare(float[] ofFast, float[] ofExact, int from, float margin) {
    double size = 0;
    double sum = 0;
    double largest = 0;
    for (int at = from; at <= from + width; at++) {
      size += Math.abs(ofExact[at]);
      sum += ofFast[at];
      largest = Math.max(largest, Math.abs((double) ofFast[at] - ofExact[at]));
      if (at < from + width && !isUsed[at - from]) {
        worst = ofFast[at] == 0f ? worst : Double.NaN;
        zeros++;
      }
    }

    double allowed = Math.max(1, size);
    worst = Math.max(worst, largest / allowed);
    worstSum = Math.max(worstSum, Math.abs(sum - margin) / allowed);
  }
}
