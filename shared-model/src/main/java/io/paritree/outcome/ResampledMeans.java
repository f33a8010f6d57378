package io.paritree.outcome;

import java.util.function.DoubleUnaryOperator;

/** Means of several numbers, of each resample. */
final class ResampledMeans {
  private final double[] weights = new double[Resampling.RESAMPLES];
  private final double[][] sums;

  /**
   * @param numbers how many numbers rows have
   */
  ResampledMeans(int numbers) {
    this.sums = new double[numbers][Resampling.RESAMPLES];
  }

  /** Adds the numbers of a row. */
  void add(double weight, int[] times, double... numbers) {
    for (int resample = 0; resample < times.length; resample++) {
      weights[resample] += times[resample] * weight;
    }

    for (int index = 0; index < numbers.length; index++) {
      double weighted = weight * numbers[index];
      double[] own = sums[index];
      for (int resample = 0; resample < times.length; resample++) {
        own[resample] += times[resample] * weighted;
      }
    }
  }

  double[] means(int index) {
    return means(index, DoubleUnaryOperator.identity());
  }

  double[] means(int index, DoubleUnaryOperator of) {
    double[] means = new double[weights.length];
    for (int resample = 0; resample < means.length; resample++) {
      means[resample] = of.applyAsDouble(sums[index][resample] / weights[resample]);
    }

    return means;
  }
}
