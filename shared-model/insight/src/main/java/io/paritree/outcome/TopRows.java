package io.paritree.outcome;

/**
 * The rows with the highest scores. Of rows with one score that are not all among them, a part of
 * each counts.
 *
 * @param share of all rows, such as 0.05
 * @param gain the share of all positive outcomes that is among them
 * @param rate the share of positive outcomes among them
 * @param lift the rate as a multiple of the rate of all rows
 */
public record TopRows(double share, double gain, double rate, double lift) {
  /**
   * Returns which part of the rows with one score is among those with the highest ones, 0 to 1.
   *
   * @param above rows with a higher score
   * @param same rows with this score, more than none
   * @param top how many rows are among those with the highest scores
   */
  public static double part(double above, double same, double top) {
    return Math.max(0, Math.min(1, (top - above) / same));
  }
}
