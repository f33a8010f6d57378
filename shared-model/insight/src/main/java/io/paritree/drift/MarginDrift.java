package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.OptionalDouble;

/**
 * One margin against a baseline, in margin units: the change of its mean is the change of its base
 * and the impacts of all fields.
 *
 * @param change of the mean
 * @param base the change of what contributions are added to
 * @param impacts the sum over all fields
 * @param explained whether base and impacts explain the change
 * @param deviations the change as a multiple of the standard deviation in the baseline, if that is
 *     known
 */
public record MarginDrift(
    double change, double base, double impacts, boolean explained, OptionalDouble deviations) {
  private static final double TOLERANCE = 1e-5;

  /**
   * Returns a change that is explained to 1e-5 of a size.
   *
   * @param size the sum of the absolute values of all mean contributions and bases, of the rows and
   *     of the baseline
   */
  static MarginDrift of(
      double change, double base, double impacts, double size, OptionalDouble deviations) {
    boolean isExplained = Math.abs(change - base - impacts) <= TOLERANCE * size;
    return new MarginDrift(change, base, impacts, isExplained, deviations);
  }

  /** Returns what base and impacts do not explain of the change. */
  @JsonProperty
  public double rest() {
    return change - base - impacts;
  }
}
