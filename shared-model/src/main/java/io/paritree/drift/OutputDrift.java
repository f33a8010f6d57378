package io.paritree.drift;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The scores of an output against a baseline.
 *
 * @param subject as rules name it: {@code score}, or {@code score_<output>}
 * @param mean in the baseline; NaN without scores
 * @param above the share of the baseline's scores above the threshold, if the model has one
 * @param shift of the scores; empty if they are not compared
 * @param notShifted why they are not; empty if they are
 */
public record OutputDrift(
    String subject, double mean, OptionalDouble above, Optional<Shift> shift, String notShifted) {
  /** Returns an output that is compared with nothing. */
  public static OutputDrift notCompared(String subject) {
    return new OutputDrift(subject, Double.NaN, OptionalDouble.empty(), Optional.empty(), "");
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

  /** Writes the members. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("output", subject);
    if (!Double.isNaN(mean)) {
      json.writeNumberField("baseline_mean", mean);
    }

    if (above.isPresent()) {
      json.writeNumberField("baseline_above", above.getAsDouble());
    }

    if (shift.isPresent()) {
      shift.get().write(json);
    }

    JsonText.optional(json, "not_compared", notShifted);
  }
}
