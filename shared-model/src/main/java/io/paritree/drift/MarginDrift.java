package io.paritree.drift;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * One margin against a baseline, in margin units: the change of its mean is the change of its base
 * and the impacts of all fields.
 *
 * @param change of the mean
 * @param base the change of what contributions are added to
 * @param impacts the sum over all fields
 * @param size the sum of the absolute values of all mean contributions and bases, of the rows and
 *     of the baseline
 * @param deviations the change as a multiple of the standard deviation in the baseline, if that is
 *     known
 */
public record MarginDrift(
    double change, double base, double impacts, double size, OptionalDouble deviations) {
  private static final double TOLERANCE = 1e-5;

  /** Returns what base and impacts do not explain of the change. */
  public double rest() {
    return change - base - impacts;
  }

  /** Returns whether base and impacts explain the change: to 1e-5 of the size. */
  public boolean isExplained() {
    return Math.abs(rest()) <= TOLERANCE * size;
  }

  /** Writes the members. */
  public void write(JsonGenerator json) throws IOException {
    json.writeNumberField("change", change);
    json.writeNumberField("base", base);
    json.writeNumberField("impacts", impacts);
    json.writeNumberField("rest", rest());
    json.writeBooleanField("explained", isExplained());
    if (deviations.isPresent()) {
      json.writeNumberField("deviations", deviations.getAsDouble());
    }
  }
}
