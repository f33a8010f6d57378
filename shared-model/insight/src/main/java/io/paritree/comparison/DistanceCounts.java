package io.paritree.comparison;

import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;

/** Counts by how much two values differ, without the sign. Not thread-safe. */
final class DistanceCounts implements Serializable {
  private final ScoreHistogram distances = new ScoreHistogram();
  private double largest;

  /**
   * Adds the differences of the first of some values.
   *
   * @return the largest of them; NaN if one is
   */
  double add(float[] champion, float[] challenger, int size) {
    float[] each = new float[size];
    double most = 0;
    for (int at = 0; at < size; at++) {
      double distance = distance(champion[at], challenger[at]);
      most = Math.max(most, distance);
      each[at] = (float) distance;
    }

    distances.add(each, size);
    largest = Math.max(largest, most);
    return most;
  }

  void add(DistanceCounts other) {
    distances.add(other.distances);
    largest = Math.max(largest, other.largest);
  }

  /** Returns the difference of two values without its sign; 0 of equal ones, also infinite ones. */
  static double distance(float champion, float challenger) {
    return champion == challenger ? 0 : Math.abs((double) challenger - champion);
  }

  /**
   * Returns the quantiles.
   *
   * @param mean of the differences with their signs
   */
  Difference difference(double mean) {
    return new Difference(
        mean, quantile(0.5), quantile(0.9), quantile(0.99), quantile(0.999), largest);
  }

  private double quantile(double share) {
    return Math.min(largest, distances.middle(share));
  }
}
