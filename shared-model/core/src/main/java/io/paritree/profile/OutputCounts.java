package io.paritree.profile;

import java.io.Serializable;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Counts the scores of rows: their number, their distribution by output, and how many are above
 * each output's threshold. Not thread-safe.
 */
public final class OutputCounts implements Serializable {
  private final boolean[] isAboveCounted;
  private final float[] thresholds;
  private final ScoreHistogram[] histograms;
  private final long[] above;
  private long rows;

  /**
   * @param form has the outputs with their thresholds
   */
  public OutputCounts(ProfileForm form) {
    int outputs = form.outputs().size();
    this.isAboveCounted = new boolean[outputs];
    this.thresholds = new float[outputs];
    this.histograms = new ScoreHistogram[outputs];
    this.above = new long[outputs];
    for (int output = 0; output < outputs; output++) {
      OptionalDouble threshold = form.outputs().get(output).threshold();
      isAboveCounted[output] = threshold.isPresent();
      thresholds[output] = (float) threshold.orElse(0);
      histograms[output] = new ScoreHistogram();
    }
  }

  /**
   * Counts a row.
   *
   * @param scores start at {@code at}
   */
  public void add(float[] scores, int at) {
    rows++;
    for (int output = 0; output < histograms.length; output++) {
      float score = scores[at + output];
      histograms[output].add(score);
      if (isAboveCounted[output] && score > thresholds[output]) {
        above[output]++;
      }
    }
  }

  /** Adds what another has counted in the same form. */
  public void add(OutputCounts other) {
    rows += other.rows;
    for (int output = 0; output < histograms.length; output++) {
      histograms[output].add(other.histograms[output]);
      above[output] += other.above[output];
    }
  }

  void pack() {
    for (ScoreHistogram histogram : histograms) {
      histogram.pack();
    }
  }

  /** Returns how many rows there are. */
  long rows() {
    return rows;
  }

  /** Returns the distribution of an output's scores. */
  ScoreHistogram histogram(int output) {
    return histograms[output];
  }

  /** Returns how many scores of an output are above its threshold; empty if it has none. */
  OptionalLong above(int output) {
    return isAboveCounted[output] ? OptionalLong.of(above[output]) : OptionalLong.empty();
  }
}
