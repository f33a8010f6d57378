package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.json.NotANumber;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The scores of an output against a baseline.
 *
 * @param subject as rules name it: {@code score}, or {@code score_<output>}
 * @param mean in the baseline; NaN without scores
 * @param above the share of the baseline's scores above the threshold, if the model has one
 * @param measured of the scores; {@link Shift#NONE} if they are not compared
 * @param notShifted why they are not; empty if they are
 */
public record OutputDrift(
    @JsonProperty(value = "output", required = true) String subject,
    @JsonProperty("baseline_mean")
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = NotANumber.class)
        double mean,
    @JsonProperty("baseline_above") OptionalDouble above,
    @JsonUnwrapped Shift measured,
    @JsonProperty("not_compared") @JsonInclude(JsonInclude.Include.NON_EMPTY) String notShifted) {
  /** Returns an output that is compared with nothing. */
  public static OutputDrift notCompared(String subject) {
    return new OutputDrift(subject, Double.NaN, OptionalDouble.empty(), Shift.NONE, "");
  }

  /** Returns how the scores are shifted; empty if they are not compared. */
  public Optional<Shift> shift() {
    return measured.known();
  }

  /** Returns the outputs of a profile by their subjects, in the model's order. */
  public static Map<String, OutputProfile> bySubject(Profile profile) {
    return Subjects.outputs(profile);
  }

  /** Returns the share of scores that are above the threshold. */
  public static OptionalDouble above(OutputProfile output, long scored) {
    return output.above().isPresent() && scored > 0
        ? OptionalDouble.of((double) output.above().getAsLong() / scored)
        : OptionalDouble.empty();
  }
}
