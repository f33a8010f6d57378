package io.paritree.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Readings of one quantity over time, and how fast it grows.
 *
 * <p>The growth is the median of the slopes between all pairs of readings (Theil and Sen), so that
 * a single high or low reading does not count.
 */
final class Readings {
  private static final double HOUR = 3_600e9;

  private final List<double[]> readings = new ArrayList<>();

  void add(long nanos, double value) {
    readings.add(new double[] {nanos, value});
  }

  int count() {
    return readings.size();
  }

  double median() {
    return median(readings.stream().mapToDouble(reading -> reading[1]).toArray());
  }

  /** Returns the growth per hour; there are at least two readings. */
  double perHour() {
    double[] slopes = new double[readings.size() * (readings.size() - 1) / 2];
    int next = 0;
    for (int later = 1; later < readings.size(); later++) {
      for (int earlier = 0; earlier < later; earlier++) {
        double[] from = readings.get(earlier);
        double[] to = readings.get(later);
        slopes[next++] = (to[1] - from[1]) / (to[0] - from[0]) * HOUR;
      }
    }

    return median(slopes);
  }

  /** Returns the growth from the first reading to the last, as a fraction of the median. */
  double growth() {
    double nanos = readings.get(readings.size() - 1)[0] - readings.get(0)[0];
    return perHour() * nanos / HOUR / median();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
